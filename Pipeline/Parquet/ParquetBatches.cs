namespace Recsys.Batch.Pipeline.Parquet;

/// <summary>What a reader's batches keep to.</summary>
internal static class ParquetBatches
{
    /// <summary>Rows of a full batch; the last batch of a file and one with much text are smaller.</summary>
    public const int MaxRowCount = 1 << 15;
}
