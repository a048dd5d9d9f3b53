using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Places.Lists;

/// <summary>
/// <c>segment_lists</c>: what is popular, trending, new, well rated and on sale, for all customers and for those of each segment and of each value of the
/// user table's further columns (<see cref="ItemKinds"/>).
/// </summary>
internal sealed class SegmentListsPlace(ListsOptions options) : IPlace
{
    private const int SegmentsAtOnce = 64;

    public PlaceTable Table => PlaceTables.SegmentLists;

    public string? Lacks(PlaceInputs inputs) =>
        options.Count == 0 ? "Places:Lists:Count is 0"
        : inputs.NeedsNoise ? "Privacy:Epsilon is set, and the customers of an item are counted without noise"
        : null;

    public string? Make(PlaceInputs inputs, ParquetRows rows, StageContext context)
    {
        var kinds = new ItemKinds(inputs, options);
        var segments = CustomerSegments.Of(inputs, options.MinSegmentCustomers);
        var lists = new KindLists(kinds, options, inputs, rows, "segments");
        foreach (var piece in segments.Chunk(SegmentsAtOnce))
        {
            var found = new ListCandidates[piece.Length][];
            context.ForEachPiece(piece.Length, kinds.Counts, (s, counts) =>
            {
                var own = piece[s].IsAll ? kinds.Overall : counts.Of(piece[s].Customers);
                found[s] = [.. kinds.Names.Select(kind => ListCandidates.Of(
                    Enumerable.Range(0, inputs.Catalog.Items), item => kinds.Score(kind, item, own), options.Candidates))];
            });
            lists.Put([.. piece.Select(p => p.Name)], found);
        }
        return lists.Note;
    }
}

/// <summary>Customers of one name.</summary>
/// <param name="Name"><c>all</c>, a segment of the user table, or <c>column=value</c> of one of its further columns.</param>
/// <param name="Customers">User indices, ascending.</param>
internal sealed record CustomerSegments(string Name, bool IsAll, IReadOnlyList<int> Customers)
{
    /// <summary>The segment of everybody.</summary>
    private const string All = "all";

    /// <summary>Segments a column, those of the most customers.</summary>
    private const int MaxSegments = 1_000;

    /// <summary>Longest name in UTF-8: it stands before every entry of its lists, and databases bound their keys.</summary>
    private const int MaxNameBytes = 1_024;

    /// <summary>In ordinal order of the names' UTF-8. Of one name in two columns the segment's has it.</summary>
    public static IReadOnlyList<CustomerSegments> Of(PlaceInputs inputs, int minCustomers)
    {
        var found = new Dictionary<string, CustomerSegments>(StringComparer.Ordinal) { [All] = new(All, true, []) };
        if (inputs.Segments is { } segments) Add(segments, value => value);
        foreach (string column in inputs.UserAttributes?.Columns ?? []) Add(inputs.UserAttributes![column], value => $"{column}={value}");
        var sorted = found.Values.ToArray();
        byte[][] names = [.. sorted.Select(s => Encoding.UTF8.GetBytes(s.Name))];
        Array.Sort(names, sorted, Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b)));
        return sorted;

        void Add(string?[] values, Func<string, string> name)
        {
            var customers = new Dictionary<string, List<int>>(StringComparer.Ordinal);
            for (int user = 0; user < Math.Min(values.Length, inputs.Purchases.Users); user++)
            {
                if (values[user] is not { Length: > 0 } value || inputs.Purchases.Pointers[user] == inputs.Purchases.Pointers[user + 1]) continue;
                if (!customers.TryGetValue(value, out var own)) customers[value] = own = [];
                own.Add(user);
            }
            foreach (var (value, own) in customers.Where(c => c.Value.Count >= minCustomers)
                .OrderByDescending(c => c.Value.Count).ThenBy(c => c.Key, StringComparer.Ordinal).Take(MaxSegments))
            {
                string named = name(value);
                if (Encoding.UTF8.GetByteCount(named) <= MaxNameBytes) found.TryAdd(named, new CustomerSegments(named, false, own));
            }
        }
    }
}
