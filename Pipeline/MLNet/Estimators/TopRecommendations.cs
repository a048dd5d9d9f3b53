using Microsoft.ML;
using Microsoft.ML.Data;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Retrieve;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.MLNet.Estimators;

/// <summary>
/// The best items of every user, exactly, ties by item; none for a user of whom nothing is known. Indices count from 0. Memory: 8 bytes an entry.
/// </summary>
public sealed class TopRecommendations
{
    private readonly CandidateBlock[] _blocks;
    private readonly long[] _first;
    private readonly DataViewSchema _schema;

    private TopRecommendations(CandidateBlock[] blocks, DataViewSchema schema)
    {
        _blocks = blocks;
        _schema = schema;
        _first = new long[blocks.Sum(b => b.Users.Length) + 1];
        int user = 0;
        foreach (var block in blocks)
            foreach (int count in block.Counts) _first[user + 1] = _first[user++] + count;
    }

    public int Users => _first.Length - 1;

    /// <summary>The best items of a user, the best first.</summary>
    public ReadOnlySpan<int> ItemsOf(int user) => _blocks[user / CandidateBlock.MaxUsers].ItemsOf(user % CandidateBlock.MaxUsers);

    /// <summary>Aligned with <see cref="ItemsOf"/>.</summary>
    public ReadOnlySpan<float> ScoresOf(int user) => _blocks[user / CandidateBlock.MaxUsers].ScoresOf(user % CandidateBlock.MaxUsers);

    /// <summary>
    /// A row an entry, users in order: the two key columns as in the data given, with their key values where they had them (so that <c>MapKeyToValue</c> gives
    /// the ids back), <c>Rank</c> (<see cref="int"/>, from 1) and <c>Score</c>.
    /// </summary>
    public IDataView ToDataView() => new TableView(_schema, _first[^1])
        .Fill(_schema[0], at => (uint)UserAt(at) + 1)
        .Fill(_schema[1], at => (uint)ItemsOf(UserAt(at))[RankAt(at)] + 1)
        .Fill(_schema[2], at => RankAt(at) + 1)
        .Fill(_schema[3], at => ScoresOf(UserAt(at))[RankAt(at)]);

    /// <param name="allowed">A flag an item: whether it may be in a list.</param>
    /// <param name="isKnown">Whether a user gets a list.</param>
    /// <param name="data">Whose key columns those of the lists are.</param>
    internal static TopRecommendations Of(
        IBlockScorer scorer, SparseRows seen, int count, bool[] allowed, Func<int, bool> isKnown, DataViewSchema data, RecommenderOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var session = new ExactRetriever().Open(scorer, new RetrievalRequest(Math.Min(count, scorer.Items), seen, allowed));
        int[][] users = [.. Enumerable.Range(0, scorer.Users).Chunk(CandidateBlock.MaxUsers)];
        var blocks = new CandidateBlock[users.Length];
        options.Context().ForEachPiece(blocks.Length, b => blocks[b] = Known(session.Retrieve(users[b]), isKnown));
        return new TopRecommendations(blocks, Schema(data, options));
    }

    // Of a user of whom nothing is known all scores are 0, and the first items of the catalog no recommendation.
    private static CandidateBlock Known(CandidateBlock block, Func<int, bool> isKnown)
    {
        for (int u = 0; u < block.Users.Length; u++)
            if (!isKnown(block.Users[u])) block.Counts[u] = 0;
        return block;
    }

    private static DataViewSchema Schema(DataViewSchema data, RecommenderOptions options)
    {
        var schema = new DataViewSchema.Builder();
        foreach (string name in new[] { options.MatrixRowIndexColumnName, options.MatrixColumnIndexColumnName })
            schema.AddColumn(name, data[name].Type, data[name].Annotations);
        schema.AddColumn("Rank", NumberDataViewType.Int32);
        schema.AddColumn("Score", NumberDataViewType.Single);
        return schema.ToSchema();
    }

    // The last user whose entries start at or before this one: users without entries start where the next one does.
    private int UserAt(long entry)
    {
        int at = Array.BinarySearch(_first, entry);
        if (at < 0) return ~at - 1;
        while (_first[at + 1] == entry) at++;
        return at;
    }

    private int RankAt(long entry) => (int)(entry - _first[UserAt(entry)]);
}
