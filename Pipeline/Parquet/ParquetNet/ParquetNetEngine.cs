using System.Reflection;

namespace Recsys.Batch.Pipeline.Parquet.ParquetNet;

/// <summary>The library as <c>doctor</c> and manifests name it: with its package's version, since assemblies of one package may carry another.</summary>
internal static class ParquetNetEngine
{
    public static string Name { get; } = "Parquet.Net " + (typeof(ParquetNetEngine).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(a => a.Key == "Parquet.Net")?.Value ?? "of unknown version");
}
