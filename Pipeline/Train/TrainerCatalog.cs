using System.Collections.Immutable;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Train.Disliked;
using Recsys.Batch.Pipeline.Train.Ensemble;
using Recsys.Batch.Pipeline.Train.Hybrid;
using Recsys.Batch.Pipeline.Train.Imported;
using Recsys.Batch.Pipeline.Train.LibMf;
using Recsys.Batch.Pipeline.Train.Trend;

namespace Recsys.Batch.Pipeline.Train;

/// <summary>
/// The trainers by the names under which configuration asks for them: those that the options name (<see cref="AlgorithmOptions"/>), and those that another
/// assembly registered.
/// </summary>
internal static class TrainerCatalog
{
    private static ImmutableSortedDictionary<string, Registered> s_registered = ImmutableSortedDictionary.Create<string, Registered>(StringComparer.Ordinal);

    public static IReadOnlyCollection<string> Names => NamesOf(new TrainOptions());

    /// <summary>What an ensemble may be made of.</summary>
    public static IReadOnlyCollection<string> MemberNames => NamesOf(new MemberOptions());

    /// <summary>
    /// Adds a trainer of another assembly. Safe from any thread; to be called before a configuration is read, which is checked against the names there are.
    /// </summary>
    /// <param name="name">What <c>Train:Algorithm</c> says, and the name of the trainer it makes.</param>
    /// <param name="create">Called once a training, with all options.</param>
    /// <param name="load">Reads the model from an artifact; null where this assembly knows how.</param>
    /// <exception cref="ArgumentException">There is a trainer of that name.</exception>
    public static void Register(string name, Func<AlgorithmOptions, ITrainer> create, Func<ArtifactReader, string, ITrainedModel>? load = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (Knows(name)
            || !ImmutableInterlocked.Update(
                ref s_registered,
                (known, added) => known.ContainsKey(added.Key) ? known : known.Add(added.Key, added.Value),
                KeyValuePair.Create(name, new Registered(create, load))))
        {
            throw new ArgumentException($"there is a trainer '{name}' already; register each once, under a name of its own", nameof(name));
        }
    }

    public static bool Knows(string name) => Names.Contains(name);

    /// <summary>The names to choose from, and which build has <paramref name="name"/> where this one only lacks it.</summary>
    public static string Expected(string name, IEnumerable<string> names) => LibMfAlgorithms.Names.Contains(name) && !Knows(name)
        ? $"one of {string.Join(", ", names)}; '{name}' is ML.NET's, from the package Microsoft.ML.Recommender, which this build is without: "
            + "build with -p:Recommender=true, and that package on the feed, to train it"
        : $"one of {string.Join(", ", names)}";

    /// <summary>The algorithm that serves, with what <c>Train:Text</c>, <c>Train:Disliked</c> and <c>Train:Trend</c> add to it.</summary>
    /// <exception cref="ConfigurationException">No trainer has that name.</exception>
    /// <param name="imported">What <see cref="ImportedTrainer"/> makes its model of.</param>
    public static ITrainer Serving(TrainOptions options, ImportedFactors? imported = null)
    {
        var trainer = options.Algorithm == ImportedTrainer.Name ? new ImportedTrainer(options.Imported, imported) : Create(options.Algorithm, options);
        if (options.Text.Use != TextUse.Off && trainer is not TfIdfProfileTrainer) trainer = new HybridTrainer(trainer, options.Text);
        if (options.Disliked.IsOn) trainer = new DislikedTrainer(trainer, options.Disliked);
        return options.Trend.IsOn ? new TrendTrainer(trainer, options.Trend) : trainer;
    }

    /// <exception cref="ConfigurationException">No trainer has that name.</exception>
    public static ITrainer Create(string algorithm, AlgorithmOptions options) =>
        s_registered.TryGetValue(algorithm, out var registered) ? registered.Create(options)
        : options.Trainers().Select(t => t.Options.Definition).FirstOrDefault(d => d.Name == algorithm)?.Create is { } create ? create()
        : throw new ConfigurationException($"Train:Algorithm is '{algorithm}'; expected {Expected(algorithm, Names)}");

    /// <summary>How a model of that algorithm is read from an artifact; null where no trainer of this build makes such models.</summary>
    internal static Func<ArtifactReader, string, ITrainedModel>? Loader(string algorithm) =>
        algorithm == HybridTrainer.Name ? HybridModel.Load
        : algorithm == DislikedTrainer.Name ? DislikedModel.Load
        : algorithm == TrendTrainer.Name ? TrendModel.Load
        : s_registered.GetValueOrDefault(algorithm)?.Load
            ?? new TrainOptions().Trainers().Select(t => t.Options.Definition).FirstOrDefault(d => d.Name == algorithm)?.Load;

    private static SortedSet<string> NamesOf(AlgorithmOptions options) => new(
        options.Trainers().Select(t => t.Options.Definition).Where(d => d.Create is not null).Select(d => d.Name).Concat(s_registered.Keys),
        StringComparer.Ordinal);

    private sealed record Registered(Func<AlgorithmOptions, ITrainer> Create, Func<ArtifactReader, string, ITrainedModel>? Load);
}
