namespace Recsys.Batch.Pipeline.Parquet.Pages;

/// <summary>What the values of a <see cref="PageRun"/> are.</summary>
internal enum ValueKind
{
    /// <summary>What the column stores.</summary>
    Stored,

    /// <summary>Codes of a dictionary of texts, which many rows may share.</summary>
    Codes,

    /// <summary>Numbers 0, 1, 2, ... of texts, of which each value has its own.</summary>
    Numbers,
}
