using System.Globalization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Tests.Parquet;

namespace Recsys.Batch.Pipeline.Tests.Train.Imported;

/// <summary>Factors as Spark's ALS writes them: <c>id</c> and <c>features</c>, a list of float32, bit for bit.</summary>
internal static class SparkFactors
{
    public static string Write(string file, FactorMatrix factors, IdMap ids, Func<int, bool>? only = null) => ListFiles.Write(
        file,
        "SELECT id, features::FLOAT[] AS features FROM (VALUES "
        + string.Join(", ", Enumerable.Range(0, factors.Rows).Where(only ?? (_ => true)).Select(i =>
            $"('{ids.Text(i)}', [{string.Join(", ", factors.Row(i).ToArray().Select(v => $"'{v.ToString("G9", CultureInfo.InvariantCulture)}'::FLOAT"))}])"))
        + ") AS t(id, features)");
}
