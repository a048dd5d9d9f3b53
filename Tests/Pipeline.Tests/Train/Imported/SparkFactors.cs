using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Tests.Parquet;

namespace Recsys.Batch.Pipeline.Tests.Train.Imported;

/// <summary>Factors as Spark's ALS writes them: <c>id</c> and <c>features</c>, a list of float32, bit for bit.</summary>
internal static class SparkFactors
{
    public static string Write(string file, FactorMatrix factors, IdMap ids, Func<int, bool>? only = null)
    {
        int[] rows = [.. Enumerable.Range(0, factors.Rows).Where(only ?? (_ => true))];
        Column id = ColumnsOf.Text("id", [.. rows.Select(i => ids.Text(i))]);
        Column features = ColumnsOf.Lists("features", [.. rows.Select(i => factors.Row(i).ToArray())]);
        using var writer = ParquetFiles.Writer().Create(file, [id.Field, features.Field]);
        writer.Append([id, features], rows.Length);
        writer.Complete();
        return file;
    }
}
