using System.Collections.Concurrent;
using System.Reflection;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train.Als;
using Recsys.Batch.Pipeline.Train.Graph;
using Recsys.Batch.Pipeline.Train.Imported;
using Recsys.Batch.Pipeline.Train.LibMf;
using Recsys.Batch.Pipeline.Train.Linear;
using Recsys.Batch.Pipeline.Train.Ratings;
using Recsys.Batch.Pipeline.Train.Sequence;
using Recsys.Batch.Pipeline.Train.Spectral;

namespace Recsys.Batch.Pipeline.Train;

/// <summary>
/// An algorithm and the options of each: the list of trainers. A new trainer is a folder of its own and one line here, whose name is its section's in the
/// configuration. Trainers that may serve and not be a member of an ensemble stand in <see cref="TrainOptions"/>.
/// </summary>
internal abstract class AlgorithmOptions : IStageOptions
{
    private static readonly ConcurrentDictionary<Type, PropertyInfo[]> s_sections = new();

    /// <summary>
    /// The algorithm's name; for the one that serves also <c>auto</c>, which races them (<see cref="TrainOptions.Auto"/>). ML.NET's two are trained in a build
    /// with Microsoft.ML.Recommender.
    /// </summary>
    public string Algorithm { get; set; } = AlsTrainer.Name;

    public AlsOptions Als { get; set; } = new();

    public AlsRatingsOptions AlsRatings { get; set; } = new();

    public EaseOptions Ease { get; set; } = new();

    public ItemKnnOptions ItemKnn { get; set; } = new();

    public PopularityOptions Popularity { get; set; } = new();

    public GraphFilterOptions GraphFilter { get; set; } = new();

    public SpectralOptions Spectral { get; set; } = new();

    public SequenceOptions Sequence { get; set; } = new();

    public OneClassOptions MLNetOneClass { get; set; } = new();

    public SquareOptions MLNetSquare { get; set; } = new();

    /// <summary>Every trainer's section with its options.</summary>
    internal IEnumerable<(string Section, ITrainerOptions Options)> Trainers() => s_sections
        .GetOrAdd(
            GetType(),
            type => [.. type.GetProperties().Where(p => typeof(ITrainerOptions).IsAssignableFrom(p.PropertyType)).OrderBy(p => p.Name, StringComparer.Ordinal)])
        .Select(p => (p.Name, (ITrainerOptions)p.GetValue(this)!));

    public virtual void Validate(OptionsCheck check)
    {
        // What is not asked for may stand there unfinished.
        foreach (var (section, options) in Trainers())
            if (options is not ImportedOptions || Algorithm == ImportedTrainer.Name) check.Nested(options, section);
    }
}
