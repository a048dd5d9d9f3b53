using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Train.Als;
using Recsys.Batch.Pipeline.Train.Ensemble;
using Recsys.Batch.Pipeline.Train.Graph;
using Recsys.Batch.Pipeline.Train.Hybrid;
using Recsys.Batch.Pipeline.Train.Imported;
using Recsys.Batch.Pipeline.Train.LibMf;
using Recsys.Batch.Pipeline.Train.Linear;
using Recsys.Batch.Pipeline.Train.Sequence;
using Recsys.Batch.Pipeline.Train.Spectral;

namespace Recsys.Batch.Pipeline.Train;

/// <summary>The trainers by the names under which configuration asks for them. A new algorithm is one entry here and one in <see cref="TrainedModels"/>.</summary>
public static class TrainerCatalog
{
    private static readonly SortedDictionary<string, Func<TrainOptions, ITrainer>> s_trainers = new(StringComparer.Ordinal)
    {
        [AlsTrainer.Name] = options => new AlsTrainer(options.Als),
        [EaseTrainer.Name] = options => new EaseTrainer(options.Ease),
        [EnsembleTrainer.Name] = options => new EnsembleTrainer(options.Ensemble),
        [GfCf.Name] = options => GfCf.Trainer(options.GfCf),
        [GraphFilterTrainer.Name] = options => new GraphFilterTrainer(options.GraphFilter),
        [ImportedTrainer.Name] = options => new ImportedTrainer(options.Imported, null),
        [ItemKnnTrainer.Name] = options => new ItemKnnTrainer(options.ItemKnn),
        [PopularityTrainer.Name] = options => new PopularityTrainer(options.Popularity),
        [SequenceTrainer.Name] = options => new SequenceTrainer(options.Sequence),
        [SpectralTrainer.Name] = options => new SpectralTrainer(options.Spectral),
        [TfIdfProfileTrainer.Name] = _ => new TfIdfProfileTrainer(),
    };

    public static IReadOnlyCollection<string> Names => s_trainers.Keys;

    /// <summary>What an ensemble may be made of.</summary>
    public static IReadOnlyCollection<string> MemberNames { get; } = [.. s_trainers.Keys.Where(n => n is not EnsembleTrainer.Name and not GfCf.Name and not TfIdfProfileTrainer.Name and not ImportedTrainer.Name)];

    public static bool Knows(string name) => s_trainers.ContainsKey(name);

    /// <summary>The names to choose from, and which build has <paramref name="name"/> where this one only lacks it.</summary>
    public static string Expected(string name, IEnumerable<string> names) => LibMfAlgorithms.Names.Contains(name) && !Knows(name)
        ? $"one of {string.Join(", ", names)}; '{name}' is ML.NET's, from the package Microsoft.ML.Recommender, which this build was made without: build with -p:Recommender=true, and that package on the feed, to train it"
        : $"one of {string.Join(", ", names)}";

    /// <summary>The algorithm that serves, with what <c>Train:Text</c> adds to it.</summary>
    /// <exception cref="ConfigurationException">No trainer has that name.</exception>
    /// <param name="imported">What <see cref="ImportedTrainer"/> makes its model of.</param>
    public static ITrainer Serving(TrainOptions options, ImportedFactors? imported = null)
    {
        var trainer = options.Algorithm == ImportedTrainer.Name ? new ImportedTrainer(options.Imported, imported) : Create(options.Algorithm, options);
        return options.Text.Use == TextUse.Off || trainer is TfIdfProfileTrainer ? trainer : new HybridTrainer(trainer, options.Text);
    }

    /// <exception cref="ConfigurationException">No trainer has that name.</exception>
    public static ITrainer Create(string algorithm, TrainOptions options) => s_trainers.TryGetValue(algorithm, out var make)
        ? make(options)
        : throw new ConfigurationException($"Train:Algorithm is '{algorithm}'; expected {Expected(algorithm, Names)}");
}
