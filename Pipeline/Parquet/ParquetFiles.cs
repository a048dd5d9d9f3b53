namespace Recsys.Batch.Pipeline.Parquet;

/// <summary>The one door to Parquet files: our checked reader and our writer, both over Parquet.Net.</summary>
internal static class ParquetFiles
{
    /// <summary>The library as <c>doctor</c> and manifests name it, with its package's version.</summary>
    public static string Engine { get; } = "Parquet.Net " + PackageVersions.Of("Parquet.Net");

    /// <summary>A reader for files from anywhere.</summary>
    public static IParquetReader Reader(ParquetReadLimits? limits = null) => new ParquetNetReader(limits);

    public static IParquetWriter Writer() => new ParquetNetWriter();
}
