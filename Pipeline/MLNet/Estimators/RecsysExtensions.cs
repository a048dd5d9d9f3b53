using Recsys.Batch.Pipeline.MLNet.Estimators;

// Where an ML.NET program looks for catalogs.
namespace Microsoft.ML;

/// <summary>The way into this project's trainers from an ML.NET program.</summary>
public static class RecsysExtensions
{
    /// <summary>Trainers of this project as ML.NET estimators.</summary>
    public static RecsysCatalog Recsys(this MLContext ml) => new(ml);
}
