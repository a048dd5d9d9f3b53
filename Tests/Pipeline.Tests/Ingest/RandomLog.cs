namespace Recsys.Batch.Pipeline.Tests.Ingest;

/// <summary>Seeded logs with everything that goes wrong: nulls, returns, duplicates, impossible numbers.</summary>
internal static class RandomLog
{
    public static (string?, string?, long?, int?, double?, string?)[] Rows(int count, int seed, int users = 12, int items = 9)
    {
        var random = new Random(seed);
        var rows = new (string?, string?, long?, int?, double?, string?)[count];
        for (int r = 0; r < count; r++)
        {
            if (r > 0 && random.Next(12) == 0)
            {
                rows[r] = rows[random.Next(r)];
                continue;
            }
            bool isReturn = random.Next(6) == 0;
            rows[r] = (
                random.Next(30) == 0 ? null : $"u{random.Next(users)}",
                random.Next(30) == 0 ? null : $"i{random.Next(items)}",
                random.Next(40) == 0 ? null : random.Next(40) * 43_200L,
                random.Next(30) == 0 ? 0 : (isReturn ? -1 : 1) * random.Next(1, 6),
                random.Next(30) == 0 ? -1 : random.Next(1, 4) + 0.5,
                (isReturn ? "C" : "") + random.Next(5));
        }
        return rows;
    }
}
