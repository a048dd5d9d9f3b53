using Microsoft.ML;
using Microsoft.ML.Data;
using Recsys.Batch.Pipeline.MLNet.Estimators;
using Recsys.Batch.Pipeline.Tests.Train;
using Recsys.Batch.Pipeline.Train.Als;
using Recsys.Batch.Pipeline.Train.Linear;

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
        "ItemKnn" => ml.Recsys().ItemKnn(new ItemKnnRecommenderOptions { MatrixRowIndexColumnName = "User", MatrixColumnIndexColumnName = "Item", ItemKnn = { Neighbors = 20 } }),
        _ => throw new ArgumentOutOfRangeException(nameof(trainer), trainer, "ImplicitAls, Ease or ItemKnn"),
    };

    public static RecommenderEstimator Ease(MLContext ml, double regularization) =>
        ml.Recsys().Ease(new EaseRecommenderOptions { MatrixRowIndexColumnName = "User", MatrixColumnIndexColumnName = "Item", Ease = new EaseOptions { Regularization = regularization } });

    public static IEnumerable<Purchase> Clusters()
    {
        var rows = PlantedClusters.Make().ByUser;
        for (int user = 0; user < rows.Rows; user++)
            foreach (int item in rows.RowIndices(user).ToArray()) yield return new Purchase { User = (uint)user, Item = (uint)item, Label = 1 };
    }

    public static float[] Scores(IDataView scored) => [.. scored.GetColumn<float>("Score")];
}

/// <summary>Keys as an ML.NET program states them: values count from 0, getters from 1.</summary>
public sealed class Purchase
{
    [KeyType(Shop.Users)]
    public uint User { get; set; }

    [KeyType(Shop.Items)]
    public uint Item { get; set; }

    public float Label { get; set; }
}

/// <summary>A purchase of a user who came later: keys of users of a count of their own.</summary>
public sealed class Newcomer
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
