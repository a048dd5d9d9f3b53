using Parquet;

namespace Recsys.Batch.Pipeline.Parquet.ParquetNet;

/// <summary>The library as <c>doctor</c> and manifests name it.</summary>
internal static class ParquetNetEngine
{
    public static string Name { get; } = "Parquet.Net " + (typeof(ParquetReader).Assembly.GetName().Version?.ToString(3) ?? "of unknown version");
}
