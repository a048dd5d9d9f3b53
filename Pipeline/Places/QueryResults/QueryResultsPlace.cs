using System.Globalization;
using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Places.Lists;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Places.QueryResults;

/// <summary><c>query_results</c>: what to show for the queries that customers ask most, by <see cref="QueryRanker"/>, diversified.</summary>
internal sealed class QueryResultsPlace(QueryResultsOptions options) : IPlace
{
    private const int QueriesAtOnce = 1_024;

    /// <summary>Longest query in UTF-8: databases bound their keys.</summary>
    private const int MaxQueryBytes = 1_024;

    public PlaceTable Table => PlaceTables.QueryResults;

    public string? Lacks(PlaceInputs inputs) =>
        options.Count == 0 ? "Places:QueryResults:Count is 0"
        : inputs.Queries is null ? "there is no log of searches (Places:QueryResults:Path)"
        : inputs.NeedsNoise ? "Privacy:Epsilon is set, and what is bought after a query is counted without noise"
        : !inputs.Purchases.HasTime ? "no log has a column Time, so nobody knows what was bought after a search"
        : null;

    public string? Make(PlaceInputs inputs, ParquetRows rows, StageContext context)
    {
        var titles = Titles(inputs.Catalog);
        int minCustomers = Math.Max(options.MinCustomers, inputs.MinCustomers);
        var asked = AskedQueries.Of(inputs.Queries!, inputs.Purchases, options, minCustomers, titles);
        if (asked.Queries.Count == 0)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"of {asked.Spellings:N0} queries none was asked by {minCustomers} known customers (Places:QueryResults:MinCustomers)");
        }
        var ranker = new QueryRanker(inputs, options, asked, titles, inputs.Text is null ? null : inputs.Encode(asked.Queries));
        int made = 0;
        (byte[] Query, int At)[] order =
            [.. asked.Queries.Select((q, at) => (Encoding.UTF8.GetBytes(q), at)).Where(q => q.Item1.Length <= MaxQueryBytes)];
        Array.Sort(order, (a, b) => a.Query.AsSpan().SequenceCompareTo(b.Query));
        foreach (var piece in order.Chunk(QueriesAtOnce))
        {
            var found = new ListCandidates[piece.Length];
            context.ForEachPiece(piece.Length, ranker.Begin, (q, work) => found[q] = ranker.Rank(piece[q].At, work));
            var lists = Diversified(found, options, options.Count, inputs);
            for (int q = 0; q < piece.Length; q++)
            {
                int rank = 0;
                made += lists[q].Count > 0 ? 1 : 0;
                foreach (var (item, score) in lists[q]) rows.Put(piece[q].Query).Put(++rank).Put(inputs.Items[item]).Put(score);
            }
        }
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{made:N0} queries of {minCustomers} customers or more each, of {asked.Searches:N0} searches in {asked.Spellings:N0} spellings");
    }

    /// <summary>
    /// What is asked for is a shelf, so lists may be of one; and scores fall by factors, so it is by factors that entries are near each other, or else all but
    /// the first would be weighed as alike.
    /// </summary>
    internal static IReadOnlyList<(int Item, double Score)>[] Diversified(
        IReadOnlyList<ListCandidates> found, QueryResultsOptions options, int length, PlaceInputs inputs) =>
        ListCandidates.Diversified(found, options.Candidates, length, inputs, isShelf: true, Math.Log);

    internal static Bm25 Titles(Catalog catalog)
    {
        var words = new QueryWords();
        return new Bm25([.. catalog.Titles.Select(words.Of)]);
    }
}
