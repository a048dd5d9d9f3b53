namespace Recsys.Batch.Pipeline.Runs.Delta;

/// <summary>Facts that a delta's materialize leaves in its manifest.</summary>
internal static class DeltaFacts
{
    /// <summary>The version whose lists were gone on from.</summary>
    public const string Base = "base";

    /// <summary>The run that trained the model.</summary>
    public const string Model = "model";
}
