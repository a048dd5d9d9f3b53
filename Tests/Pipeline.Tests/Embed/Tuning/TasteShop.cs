using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Tests.Embed.Tuning;

/// <summary>
/// Items of eight tastes whose vectors say the taste in a few numbers and something else in many; customers buy of their taste, or whatever. New ones come
/// over time.
/// </summary>
internal static class TasteShop
{
    public const int Users = 1_500, Items = 400, Width = 48;
    private const int Tastes = 8, PerUser = 8;

    public static EmbeddingTable Vectors()
    {
        var random = new SplitMix64(11, "vectors");
        var rows = new FactorMatrix(Items, Width);
        for (int item = 0; item < Items; item++)
            for (int k = 0; k < Width; k++) rows.Row(item)[k] = (float)((k == item % Tastes ? 1 : 0) + 0.5 * random.NextNormal());
        return EmbeddingTable.Normalize(rows);
    }

    public static string?[] Texts() => [.. Enumerable.Range(0, Items).Select(i => $"item {i}")];

    /// <param name="byTaste">Whether customers buy of one taste; else anything.</param>
    public static InteractionMatrix Purchases(bool byTaste, bool timed = true, ulong seed = 12)
    {
        var random = new SplitMix64(seed, "purchases");
        var pointers = new int[Users + 1];
        var indices = new List<int>();
        var seen = new List<uint>();
        for (int user = 0; user < Users; user++)
        {
            var own = new SortedSet<int>();
            while (own.Count < PerUser) own.Add(byTaste ? random.NextInt(Items / Tastes) * Tastes + user % Tastes : random.NextInt(Items));
            indices.AddRange(own);
            // An item comes out on the day of its number.
            seen.AddRange(own.Select(item => (uint)(1_000_000_000 + 86_400 * item + random.NextInt(1000))));
            pointers[user + 1] = indices.Count;
        }
        var rows = new SparseRows(Users, Items, pointers, [.. indices], [.. Enumerable.Repeat(1f, indices.Count)]);
        return new InteractionMatrix(rows, timed ? [.. seen] : null);
    }
}
