using Microsoft.ML;
using Microsoft.ML.Data;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.MLNet.Estimators;
using Recsys.Batch.Pipeline.Tests.Train;
using Recsys.Batch.Pipeline.Train.Als;

namespace Recsys.Batch.Pipeline.Tests.MLNet.Estimators;

/// <summary>A shop of three clusters as an ML.NET program holds it, and our three trainers over it.</summary>
internal static class Shop
{
    public const int Users = 90, Items = 48;

    public static readonly AlsOptions Als = new() { Rank = 12, Iterations = 12, Regularization = 0.02 };

    public static ImplicitAlsOptions AlsColumns => new() { MatrixRowIndexColumnName = "User", MatrixColumnIndexColumnName = "Item", Als = Als };

    /// <param name="trainer">ImplicitAls, Ease or ItemKnn.</param>
    public static RecommenderEstimator Trainer(MLContext ml, string trainer) => trainer switch
    {
        "ImplicitAls" => ml.Recsys().ImplicitAls(AlsColumns),
        "Ease" => Ease(ml, 5),
        "ItemKnn" => ml.Recsys().ItemKnn("Label", "Item", "User", neighbors: 20),
        _ => throw new ArgumentOutOfRangeException(nameof(trainer), trainer, "ImplicitAls, Ease or ItemKnn"),
    };

    public static RecommenderEstimator Ease(MLContext ml, double regularization) => ml.Recsys().Ease(new EaseRecommenderOptions
    {
        MatrixRowIndexColumnName = "User",
        MatrixColumnIndexColumnName = "Item",
        Ease = { Regularization = regularization },
    });

    public static IEnumerable<Purchase> Clusters()
    {
        var rows = PlantedClusters.Make().ByUser;
        for (int user = 0; user < rows.Rows; user++)
            foreach (int item in rows.RowIndices(user).ToArray()) yield return new Purchase { User = (uint)user, Item = (uint)item, Label = 1 };
    }

    /// <summary>What the trainers see of <see cref="Clusters"/>: each pair once.</summary>
    public static InteractionMatrix Interactions()
    {
        var rows = PlantedClusters.Make().ByUser;
        return new InteractionMatrix(new SparseRows(rows.Rows, rows.Columns, rows.Pointers, rows.Indices, [.. rows.Values.Select(_ => 1f)]));
    }

    /// <summary>A cell at corners of the matrix, so that a key shifted by one, either way, shows.</summary>
    public static Purchase[] Corners() =>
        [new() { User = 0, Item = 47, Label = 1 }, new() { User = 89, Item = 0, Label = 1 }, new() { User = 89, Item = 1, Label = 1 }];

    /// <summary>Rows without a user, an item or a label: values beyond the keys' count are missing keys.</summary>
    public static Purchase[] Missing() =>
        [new() { User = 90, Item = 3, Label = 1 }, new() { User = 3, Item = 48, Label = 1 }, new() { User = 5, Item = 5, Label = float.NaN }];

    public static float[] Scores(IDataView scored) => [.. scored.GetColumn<float>("Score")];
}

/// <summary>Keys as an ML.NET program states them: values count from 0, getters from 1.</summary>
internal sealed class Purchase
{
    [KeyType(Shop.Users)]
    public uint User { get; set; }

    [KeyType(Shop.Items)]
    public uint Item { get; set; }

    public float Label { get; set; }
}

/// <summary>A purchase of a user who came later: keys of users of a count of their own.</summary>
internal sealed class Newcomer
{
    [KeyType(3)]
    public uint User { get; set; }

    [KeyType(Shop.Items)]
    public uint Item { get; set; }

    public float Label { get; set; }
}

/// <summary>A purchase before it has keys.</summary>
internal sealed class Named
{
    public string Customer { get; set; } = "";

    public string Product { get; set; } = "";

    public float Label { get; set; } = 1;
}

internal sealed class Prediction
{
    public float Score { get; set; }
}
