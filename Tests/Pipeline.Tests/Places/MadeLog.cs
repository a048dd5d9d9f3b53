using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Diversify;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Places;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Tests.Ingest;

namespace Recsys.Batch.Pipeline.Tests.Places;

/// <summary>Purchases written by hand or drawn, and what a place makes of them.</summary>
internal static class MadeLog
{
    public const uint Day = 86_400;

    /// <param name="rows">User, second, order (0: none) and item.</param>
    public static PurchaseLog Of(int users, IEnumerable<(int User, uint Second, uint Order, int Item)> rows, bool hasTime = true, bool hasOrders = true)
    {
        var sorted = rows.Order().ToArray();
        var pointers = new int[users + 1];
        foreach (var row in sorted) pointers[row.User + 1]++;
        for (int u = 0; u < users; u++) pointers[u + 1] += pointers[u];
        return new PurchaseLog(
            pointers, [.. sorted.Select(r => r.Item)], [.. sorted.Select(r => hasTime ? r.Second : 0)], hasOrders ? [.. sorted.Select(r => r.Order)] : null,
            hasTime);
    }

    /// <summary>
    /// Orders of <paramref name="items"/> items, drawn by their popularity, of sizes from 1 to <paramref name="largest"/>, small ones more often.
    /// </summary>
    public static List<(int User, uint Second, uint Order, int Item)> Chance(int orders, int items, int largest, ulong seed, int users = 50)
    {
        var random = new SplitMix64(seed, "orders");
        var rows = new List<(int, uint, uint, int)>();
        for (int o = 0; o < orders; o++)
        {
            int size = 1 + (int)(largest * Math.Pow(random.NextDouble(), 3));
            for (int k = 0; k < size; k++)
                rows.Add((random.NextInt(users), (uint)o * Day, (uint)o + 1, (int)(items * Math.Pow(random.NextDouble(), 2))));
        }
        // An order is of one customer.
        return [.. rows.GroupBy(r => r.Item3).SelectMany(g => g.Select(r => (g.First().Item1, r.Item2, r.Item3, r.Item4)))];
    }

    public static PlaceInputs Inputs(PurchaseLog log, int items, Catalog? catalog = null, EmbeddingTable? text = null) => new(
        log, Orders.Of(log, items, 30), Ids("u", log.Users), Ids("i", items), catalog ?? CatalogOf(items), text)
    {
        Diversify = (candidates, length, _) => new DiversifyStage(
            new DiversifyOptions { Method = MaximalMarginalRelevance.Name, Lambda = 0.2, ListLength = length }, text, catalog ?? CatalogOf(items))
            .Run(candidates),
    };

    public static Catalog CatalogOf(int items) => new()
    {
        Titles = new string?[items],
        Categories = new string?[items],
        Brands = new string?[items],
        Prices = [.. Enumerable.Repeat(double.NaN, items)],
        Available = [.. Enumerable.Repeat(true, items)],
        TextHashes = new ulong[items],
    };

    /// <summary>The rows that the place gives, each as its values with blanks between them; and what it said.</summary>
    public static (string[] Rows, string? Note) Made(IPlace place, PlaceInputs inputs, int threads = 2)
    {
        var parquet = new FakeParquet();
        string folder = Directory.CreateTempSubdirectory("recsys-place-").FullName;
        string file = Path.Combine(folder, "place.parquet");
        string? note;
        using (var rows = new ParquetRows(place.Table.Name, place.Table.Columns, () => parquet.Create(file, place.Table.Columns), rowsAtOnce: 7))
        {
            note = place.Make(inputs, rows, StageContext.Quiet(threads));
            rows.Complete();
            Assert.AreEqual(rows.Count > 0, File.Exists(file), "a place without rows has no file");
        }
        bool isMade = File.Exists(file);
        Directory.Delete(folder, recursive: true);
        if (!isMade) return ([], note);
        var columns = place.Table.Columns.Select(c => parquet.Values(file, c.Name)).ToArray();
        return (
            [.. Enumerable.Range(0, columns[0].Length).Select(
                r => string.Join(' ', columns.Select(c => Convert.ToString(c.GetValue(r), System.Globalization.CultureInfo.InvariantCulture))))],
            note);
    }

    private static IdMap Ids(string prefix, int count)
    {
        var ids = new IdMap(Math.Max(1, count));
        for (int i = 0; i < count; i++) ids.Add($"{prefix}{i}");
        return ids;
    }
}
