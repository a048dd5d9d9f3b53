using System.Globalization;
using Microsoft.Data.Sqlite;
using Recsys.Batch.Pipeline.Storage;
using SQLitePCL;

namespace Recsys.Batch.Pipeline.Publish.Sqlite;

/// <summary>
/// One prepared INSERT, bound and stepped over SQLite's own calls: millions of rows without an object a row. Rows are committed in
/// portions, so that the write-ahead log stays small.
/// </summary>
internal sealed class RowInsert : IDisposable
{
    private const int RowsPerCommit = 200_000;

    private readonly SqliteConnection _connection;
    private readonly FencingToken? _fence;
    private readonly sqlite3 _db;
    private readonly sqlite3_stmt _statement;
    private WriteTransaction? _transaction;
    private int _pending;

    public RowInsert(SqliteConnection connection, FencingToken? fence, string table, int columns)
    {
        (_connection, _fence) = (connection, fence);
        _db = connection.Handle!;
        string marks = string.Join(", ", Enumerable.Repeat("?", columns));
        Require(raw.sqlite3_prepare_v2(_db, string.Create(CultureInfo.InvariantCulture, $"INSERT INTO {table} VALUES ({marks})"), out _statement));
    }

    public void Bind(int column, long value) => Require(raw.sqlite3_bind_int64(_statement, column, value));

    public void Bind(int column, double value) => Require(raw.sqlite3_bind_double(_statement, column, value));

    public void Bind(int column, ReadOnlySpan<byte> utf8) => Require(raw.sqlite3_bind_text(_statement, column, utf8));

    public void BindNull(int column) => Require(raw.sqlite3_bind_null(_statement, column));

    /// <summary>Inserts the row that was bound.</summary>
    public void Next()
    {
        _transaction ??= WriteTransaction.Begin(_connection, _fence);
        int code = raw.sqlite3_step(_statement);
        raw.sqlite3_reset(_statement);
        if (code != raw.SQLITE_DONE) Require(code);
        if (++_pending >= RowsPerCommit) Commit();
    }

    public void Commit()
    {
        _transaction?.Commit();
        _transaction?.Dispose();
        _transaction = null;
        _pending = 0;
    }

    public void Dispose()
    {
        _statement.Dispose();
        _transaction?.Dispose();
    }

    private void Require(int code)
    {
        if (code != raw.SQLITE_OK) SqliteException.ThrowExceptionForRC(code, _db);
    }
}
