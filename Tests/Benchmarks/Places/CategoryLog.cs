using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Places;

namespace Recsys.Batch.Benchmarks.Places;

/// <summary>A log as if a category were an item; what has none is left out.</summary>
internal static class CategoryLog
{
    /// <param name="levels">Steps of a category's path that tell one from another.</param>
    public static PlaceInputs Of(PlaceInputs inputs, int levels)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        int[] categories = [.. inputs.Catalog.Categories.Select(path =>
        {
            if (string.IsNullOrEmpty(path)) return -1;
            string name = string.Join('/', path.Split('/').Take(levels));
            if (!numbers.TryGetValue(name, out int number)) numbers[name] = number = numbers.Count;
            return number;
        })];
        var log = inputs.Purchases;
        var pointers = new int[log.Users + 1];
        var rows = new List<int>();
        for (int user = 0; user < log.Users; user++)
        {
            for (int at = log.Pointers[user]; at < log.Pointers[user + 1]; at++)
                if (categories[log.Items[at]] >= 0) rows.Add(at);
            pointers[user + 1] = rows.Count;
        }
        Console.WriteLine($"{rows.Count:N0} of {log.Count:N0} purchases, of {numbers.Count:N0} categories");
        var known = new PurchaseLog(pointers, [.. rows.Select(at => categories[log.Items[at]])], [.. rows.Select(at => log.Seconds[at])], null, log.HasTime)
        {
            Pieces = log.Pieces is { } pieces ? [.. rows.Select(at => pieces[at])] : null,
        };
        return inputs with { Purchases = known };
    }
}
