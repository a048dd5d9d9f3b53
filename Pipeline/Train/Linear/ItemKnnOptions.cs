using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train.Auto;
using Recsys.Batch.Pipeline.Train.Tune;

namespace Recsys.Batch.Pipeline.Train.Linear;

/// <summary>How pairs are weighted before similarities are taken.</summary>
public enum ItemKnnWeighting
{
    /// <summary>Values as they are, items at unit length: cosine.</summary>
    Cosine = 0,

    /// <summary>Values times ln(items / user's items), then cosine: active users say less.</summary>
    TfIdf = 1,

    /// <summary>Saturated and length-normalized values (K1, B) times the user's idf, inner products (Robertson and Zaragoza 2009).</summary>
    Bm25 = 2,
}

/// <summary>Section <c>Train:ItemKnn</c>: items are scored by their likeness to those of the history.</summary>
public sealed class ItemKnnOptions : ITrainerOptions
{
    /// <summary>Neighbors kept an item, 1 to 10,000.</summary>
    public int Neighbors { get; set; } = 100;

    public ItemKnnWeighting Weighting { get; set; } = ItemKnnWeighting.Cosine;

    /// <summary>Added to a cosine's denominator: pairs of rare items count less; 0 to 10,000, in the unit of a squared norm's root product.</summary>
    public double Shrinkage { get; set; }

    /// <summary>BM25's saturation, 0 to 1,000.</summary>
    public double K1 { get; set; } = 1.2;

    /// <summary>BM25's length normalization, 0 to 1.</summary>
    public double B { get; set; } = 0.75;

    TrainerDefinition ITrainerOptions.Definition => new(ItemKnnTrainer.Name, () => new ItemKnnTrainer(this), ItemKnnModel.Load)
    {
        SearchSpace = new Dictionary<string, TuneRange>(StringComparer.Ordinal)
        {
            [nameof(Neighbors)] = new() { Min = 10, Max = 1000, Log = true, Whole = true },
            [nameof(Weighting)] = TuneRange.OneOf("Cosine", "TfIdf", "Bm25"),
            [nameof(Shrinkage)] = TuneRange.Between(0, 100),
        },
        Race = new RaceEntry(size => 3e-8 * size.SquaredPairs)
        {
            Steps = new Dictionary<string, string[]>(StringComparer.Ordinal)
            {
                [nameof(Weighting)] = ["Cosine", "TfIdf", "Bm25"],
                [nameof(Neighbors)] = ["30", "100", "300"],
            },
        },
    };

    public void Validate(OptionsCheck check) => check
        .InRange(Neighbors, 1, 10_000)
        .Require(Enum.IsDefined(Weighting), Weighting, string.Join(", ", Enum.GetNames<ItemKnnWeighting>()))
        .InRange(Shrinkage, 0, 10_000)
        .InRange(K1, 0, 1000)
        .InRange(B, 0, 1);
}
