using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers.LightGbm;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Rank;

/// <summary>
/// ML.NET's LightGBM with LambdaRank (Burges 2010): trees that put each user's bought candidates first. A context of its own for every training: LightGBM
/// samples its bins by the context's generator beyond 65,536 rows (Microsoft.ML 5.0.1). All options whose defaults depend on the rows are set.
/// </summary>
internal static class LightGbmTraining
{
    public const string Name = "lightgbm";

    /// <summary>What a machine lacks on which <see cref="Loads"/> is false.</summary>
    public const string Remedy = "expected libgomp.so.1, which the package libgomp1 brings (apt-get install libgomp1)";

    private const string Features = "Features", Label = "Label", Group = "Group";

    /// <summary>Whether the native library and what it needs are on this machine.</summary>
    public static bool Loads => NativeLibrary.TryLoad("lib_lightgbm", typeof(LightGbmRankingTrainer).Assembly, searchPath: null, out _);

    /// <param name="rows">Candidates x features, ranges applied; no NaN.</param>
    /// <param name="labels">Whether each candidate was bought.</param>
    /// <param name="users">How many candidates each user has, one user after the other.</param>
    /// <param name="model">The trees as ML.NET saves them; they take a vector column <c>Features</c>.</param>
    /// <exception cref="RunFailedException">The native library does not load.</exception>
    public static TreeRanker Train(FeatureRange[] ranges, float[] rows, bool[] labels, int[] users, int seed, Stream? model = null)
    {
        int width = ranges.Length;
        var context = new MLContext(seed);
        var schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, width);
        var data = context.Data.LoadFromEnumerable(Rows(rows, labels, users, width), schema);
        var trainer = context.Ranking.Trainers.LightGbm(new LightGbmRankingTrainer.Options
        {
            FeatureColumnName = Features,
            LabelColumnName = Label,
            RowGroupColumnName = Group,
            NumberOfIterations = 60,
            NumberOfLeaves = 8,
            LearningRate = 0.05,
            MinimumExampleCountPerLeaf = 100,
            NumberOfThreads = 1,
            Seed = seed,
            UseCategoricalSplit = false,
            HandleMissingValue = false,
        });
        try
        {
            var trained = trainer.Fit(data);
            if (model is not null) context.Model.Save(trained, data.Schema, model);
            return TreeRanker.Of(ranges, trained.Model.TrainedTreeEnsemble);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException)
        {
            throw new RunFailedException(
                $"LightGBM's native library does not load ({e.Message}); {Remedy}, or Rank:Algorithm=logistic", e);
        }
    }

    private static IEnumerable<Row> Rows(float[] rows, bool[] labels, int[] users, int width)
    {
        int at = 0;
        for (int user = 0; user < users.Length; user++)
        {
            for (int k = 0; k < users[user]; k++, at++)
                yield return new Row { Features = rows[(at * width)..((at + 1) * width)], Label = labels[at] ? 1 : 0, Group = (uint)user + 1 };
        }
    }

    private sealed class Row
    {
        public float[] Features { get; set; } = [];

        public float Label { get; set; }

        [KeyType(int.MaxValue)]
        public uint Group { get; set; }
    }
}
