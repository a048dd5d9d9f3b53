using System.Buffers;
using Dapper;
using Npgsql;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Storage;

namespace Recsys.Batch.Pipeline.Publish.Postgres;

/// <summary>
/// Rows of one staged version, in tables of its own that belong to no reader's view yet. Each portion is a transaction that ends with a look at the writer's
/// lease; between portions nothing is locked.
/// </summary>
internal sealed class PostgresVersionTables : IVersionTables
{
    private readonly PostgresDatabase _database;
    private readonly NpgsqlConnection _connection;
    private readonly FencingToken? _fence;
    private readonly int _number;
    private readonly ArrayBufferWriter<byte> _json = new();
    private readonly List<VersionPartition> _partitions = [.. VersionPartition.Always];

    public PostgresVersionTables(PostgresDatabase database, NpgsqlConnection connection, FencingToken? fence, int number)
    {
        (_database, _connection, _fence, _number) = (database, connection, fence, number);
        using var transaction = database.Begin(connection, fence);
        foreach (var table in _partitions) connection.Execute(table.Create(number));
        transaction.Commit();
    }

    public void Append(RecommendationBlock lists, IdMap users, IdMap items) => Copy(VersionPartition.Lists.Table(_number), rows =>
    {
        for (int u = 0; u < lists.Users.Length; u++)
        {
            for (int at = lists.Offsets[u]; at < lists.Offsets[u + 1]; at++)
            {
                _json.ResetWrittenCount();
                ListColumns.WriteReasonItems(
                    lists.ReasonItems.AsSpan(at * RecommendationBlock.MaxReasonItems, RecommendationBlock.MaxReasonItems), items, _json);
                rows.Row(14);
                rows.Write(_number);
                rows.Write(users[lists.Users[u]]);
                rows.Write(at - lists.Offsets[u] + 1);
                rows.Write(items[lists.Items[at]]);
                rows.Write(lists.Scores[at]);
                rows.Write(lists.Relevance[at]);
                rows.Write(lists.DiversityGain[at]);
                rows.Write(ListColumns.Name(lists.Reasons[at]));
                rows.Write(_json.WrittenSpan);
                rows.Write(ListColumns.Name(lists.Sources[at]));
                rows.Write(lists.Propensity[at]);
                rows.Write(lists.Placed(at));
                WriteFeatures(rows, lists.Features, at);
            }
        }
    });

    private void WriteFeatures(RowCopy rows, ListFeatures? features, int entry)
    {
        if (features?.Has(entry) != true)
        {
            rows.WriteNull();
            rows.WriteNull();
            return;
        }
        _json.ResetWrittenCount();
        ListColumns.WriteFeatures(features, entry, _json);
        rows.Write(_json.WrittenSpan);
        _json.ResetWrittenCount();
        ListColumns.WriteShares(features, entry, _json);
        rows.Write(_json.WrittenSpan);
    }

    public void Append(IReadOnlyList<SegmentEntry> defaults) => Copy("segment_defaults_rows", rows =>
    {
        foreach (var entry in defaults)
        {
            rows.Row(5);
            rows.Write(_number);
            rows.Write(entry.Segment);
            rows.Write(entry.Rank);
            rows.Write(entry.ItemId);
            rows.Write(entry.Score);
        }
    });

    public void Append(IReadOnlyList<NeighborEntry> neighbors) => Copy(VersionPartition.Neighbors.Table(_number), rows =>
    {
        foreach (var entry in neighbors)
        {
            rows.Row(6);
            rows.Write(_number);
            rows.Write(entry.ItemId);
            rows.Write(entry.Source);
            rows.Write(entry.Rank);
            rows.Write(entry.NeighborId);
            rows.Write(entry.Score);
        }
    });

    public void Append(PlaceTable table, IReadOnlyList<Column> columns, int rowCount)
    {
        var partition = VersionPartition.Of(table);
        if (!_partitions.Contains(partition))
        {
            using var transaction = _database.Begin(_connection, _fence);
            _connection.Execute(partition.Create(_number));
            transaction.Commit();
            _partitions.Add(partition);
        }
        Copy(partition.Table(_number), rows =>
        {
            for (int row = 0; row < rowCount; row++)
            {
                rows.Row((short)(columns.Count + 1));
                rows.Write(_number);
                foreach (var column in columns)
                {
                    if (column is Utf8Column texts) rows.Write(texts[row]);
                    else if (column is ValueColumn<int> wholes) rows.Write(wholes.Values[row]);
                    else rows.Write(((ValueColumn<double>)column).Values[row]);
                }
            }
        });
    }

    public void Complete(VersionRecord version) => Fenced(() =>
    {
        foreach (var table in _partitions) _connection.Execute(table.Index(_number), commandTimeout: 0);
        using var transaction = _database.Begin(_connection, _fence);
        foreach (var table in _partitions) _connection.Execute(table.Attach(_number), commandTimeout: 0);
        _connection.Execute(
            "UPDATE versions SET state = 'retired', rows = @Rows, users = @Users, manifest_sha256 = @ManifestSha256 WHERE number = @_number",
            new { version.Rows, version.Users, version.ManifestSha256, _number });
        transaction.Commit();
    });

    public void Dispose() => _connection.Dispose();

    private void Copy(string table, Action<RowCopy> write) => Fenced(() =>
    {
        using var transaction = _connection.BeginTransaction();
        using (var rows = new RowCopy(_connection, table))
        {
            write(rows);
            rows.Complete();
        }
        // The lease's row is held only for this last moment: a writer that is paused while it copies keeps nobody from taking the lease over.
        PostgresDatabase.Guard(_connection, _fence);
        transaction.Commit();
    });

    private void Fenced(Action write)
    {
        try
        {
            write();
        }
        catch (NpgsqlException)
        {
            _database.RequireStillHeld(_fence);
            throw;
        }
    }
}
