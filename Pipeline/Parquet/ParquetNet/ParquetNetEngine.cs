namespace Recsys.Batch.Pipeline.Parquet.ParquetNet;

/// <summary>The library as <c>doctor</c> and manifests name it.</summary>
internal static class ParquetNetEngine
{
    public static string Name { get; } = "Parquet.Net " + PackageVersions.Of("Parquet.Net");
}
