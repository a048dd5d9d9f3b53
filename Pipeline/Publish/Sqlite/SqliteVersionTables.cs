using System.Buffers;
using System.Text;
using Dapper;
using Microsoft.Data.Sqlite;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Storage;

namespace Recsys.Batch.Pipeline.Publish.Sqlite;

/// <summary>Rows of one staged version. Users should come in ordinal order of their ids: the key is the tree's order, and appending is fast.</summary>
internal sealed class SqliteVersionTables(SqliteConnection connection, FencingToken? fence, long number) : IVersionTables
{
    private readonly RowInsert _lists = new(connection, fence, "user_recommendations_rows", 14);
    private readonly ArrayBufferWriter<byte> _json = new();

    public void Append(RecommendationBlock lists, IdMap users, IdMap items)
    {
        for (int u = 0; u < lists.Users.Length; u++)
        {
            for (int at = lists.Offsets[u]; at < lists.Offsets[u + 1]; at++)
            {
                _json.ResetWrittenCount();
                ListColumns.WriteReasonItems(
                    lists.ReasonItems.AsSpan(at * RecommendationBlock.MaxReasonItems, RecommendationBlock.MaxReasonItems), items, _json);
                _lists.Bind(1, number);
                _lists.Bind(2, users[lists.Users[u]]);
                _lists.Bind(3, at - lists.Offsets[u] + 1L);
                _lists.Bind(4, items[lists.Items[at]]);
                _lists.Bind(5, lists.Scores[at]);
                _lists.Bind(6, lists.Relevance[at]);
                _lists.Bind(7, lists.DiversityGain[at]);
                _lists.Bind(8, ListColumns.Name(lists.Reasons[at]));
                _lists.Bind(9, _json.WrittenSpan);
                _lists.Bind(10, ListColumns.Name(lists.Sources[at]));
                _lists.Bind(11, lists.Propensity[at]);
                _lists.Bind(12, Encoding.UTF8.GetBytes(lists.Placed(at)));
                BindFeatures(lists.Features, at);
                _lists.Next();
            }
        }
        // Between blocks the file is free for those who renew a lease or write a log line.
        _lists.Commit();
    }

    private void BindFeatures(ListFeatures? features, int entry)
    {
        if (features?.Has(entry) != true)
        {
            _lists.BindNull(13);
            _lists.BindNull(14);
            return;
        }
        _json.ResetWrittenCount();
        ListColumns.WriteFeatures(features, entry, _json);
        _lists.Bind(13, _json.WrittenSpan);
        _json.ResetWrittenCount();
        ListColumns.WriteShares(features, entry, _json);
        _lists.Bind(14, _json.WrittenSpan);
    }

    public void Append(IReadOnlyList<SegmentEntry> defaults)
    {
        using var insert = new RowInsert(connection, fence, "segment_defaults_rows", 5);
        foreach (var entry in defaults)
        {
            insert.Bind(1, number);
            insert.Bind(2, Encoding.UTF8.GetBytes(entry.Segment));
            insert.Bind(3, (long)entry.Rank);
            insert.Bind(4, Encoding.UTF8.GetBytes(entry.ItemId));
            insert.Bind(5, entry.Score);
            insert.Next();
        }
        insert.Commit();
    }

    public void Append(IReadOnlyList<NeighborEntry> neighbors)
    {
        using var insert = new RowInsert(connection, fence, "item_neighbors_rows", 6);
        foreach (var entry in neighbors)
        {
            insert.Bind(1, number);
            insert.Bind(2, Encoding.UTF8.GetBytes(entry.ItemId));
            insert.Bind(3, Encoding.UTF8.GetBytes(entry.Source));
            insert.Bind(4, (long)entry.Rank);
            insert.Bind(5, Encoding.UTF8.GetBytes(entry.NeighborId));
            insert.Bind(6, entry.Score);
            insert.Next();
        }
        insert.Commit();
    }

    public void Append(PlaceTable table, IReadOnlyList<Column> columns, int rowCount)
    {
        using var insert = new RowInsert(connection, fence, PlaceSql.Rows(table), columns.Count + 1);
        for (int row = 0; row < rowCount; row++)
        {
            insert.Bind(1, number);
            for (int c = 0; c < columns.Count; c++)
            {
                if (columns[c] is Utf8Column texts) insert.Bind(c + 2, texts[row]);
                else if (columns[c] is ValueColumn<int> wholes) insert.Bind(c + 2, (long)wholes.Values[row]);
                else insert.Bind(c + 2, ((ValueColumn<double>)columns[c]).Values[row]);
            }
            insert.Next();
        }
        insert.Commit();
    }

    public void Complete(VersionRecord version)
    {
        using var transaction = WriteTransaction.Begin(connection, fence);
        connection.Execute(
            "UPDATE versions SET state = 'retired', rows = @Rows, users = @Users, manifest_sha256 = @ManifestSha256 WHERE version = @Version",
            new { version.Rows, version.Users, version.ManifestSha256, version.Version });
        transaction.Commit();
    }

    public void Dispose()
    {
        _lists.Dispose();
        connection.Dispose();
    }
}
