using Recsys.Batch.Pipeline.Parquet.DuckDb;

namespace Recsys.Batch.Pipeline.Tests.Parquet;

/// <summary>Parquet files with what our own writer does not write: lists and arrays, from a SELECT.</summary>
internal static class ListFiles
{
    public static string Write(string file, string select, string options = "")
    {
        using var database = new DuckDbDatabase(threads: 1, memoryMegabytes: 256);
        database.Execute($"COPY ({select}) TO {SqlText.Literal(file)} (FORMAT parquet{options})");
        return file;
    }
}
