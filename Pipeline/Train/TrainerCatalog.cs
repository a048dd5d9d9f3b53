using System.Collections.Immutable;
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

/// <summary>
/// The trainers by the names under which configuration asks for them. A new algorithm is one entry here and one in <see cref="TrainedModels"/>; one that another assembly trains is registered.
/// </summary>
public static class TrainerCatalog
{
    private static ImmutableSortedDictionary<string, Func<TrainOptions, ITrainer>> s_trainers = new Dictionary<string, Func<TrainOptions, ITrainer>>(StringComparer.Ordinal)
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
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    public static IReadOnlyCollection<string> Names => [.. s_trainers.Keys];

    /// <summary>What an ensemble may be made of.</summary>
    public static IReadOnlyCollection<string> MemberNames =>
        [.. s_trainers.Keys.Where(n => n is not EnsembleTrainer.Name and not GfCf.Name and not TfIdfProfileTrainer.Name and not ImportedTrainer.Name)];

    /// <summary>Adds a trainer of another assembly. Safe from any thread; to be called before a configuration is read, which is checked against the names there are.</summary>
    /// <param name="name">What <c>Train:Algorithm</c> says, and the name of the trainer it makes.</param>
    /// <param name="make">Called once a training, with all options of training.</param>
    /// <exception cref="ArgumentException">There is a trainer of that name.</exception>
    public static void Register(string name, Func<TrainOptions, ITrainer> make)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!ImmutableInterlocked.Update(ref s_trainers, (known, added) => known.ContainsKey(added.Key) ? known : known.Add(added.Key, added.Value), KeyValuePair.Create(name, make)))
            throw new ArgumentException($"there is a trainer '{name}' already; register each once, under a name of its own", nameof(name));
    }

    public static bool Knows(string name) => s_trainers.ContainsKey(name);

    /// <summary>The names to choose from, and which build has <paramref name="name"/> where this one only lacks it.</summary>
    public static string Expected(string name, IEnumerable<string> names) => LibMfAlgorithms.Names.Contains(name) && !Knows(name)
        ? $"one of {string.Join(", ", names)}; '{name}' is ML.NET's, from the package Microsoft.ML.Recommender, which this build is without: "
            + "build with -p:Recommender=true, and that package on the feed, to train it"
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
