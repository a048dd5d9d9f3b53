using System.Collections.Concurrent;
using Recsys.Batch.Pipeline.Storage;

namespace Recsys.Batch.Pipeline.Publish.Sqlite;

/// <summary>Connections with the statements of readers prepared, which lie idle between two reads and close with their database.</summary>
internal sealed class SqliteReaderPool
{
    private readonly SqliteDatabase _database;
    private readonly ConcurrentBag<SqliteReader> _idle = [];
    private volatile bool _closed;

    public SqliteReaderPool(SqliteDatabase database)
    {
        _database = database;
        database.Disposing += Close;
    }

    /// <summary>One for the caller alone, until it is disposed.</summary>
    /// <exception cref="ObjectDisposedException">The database was closed.</exception>
    public SqliteReader Rent()
    {
        ObjectDisposedException.ThrowIf(_closed, _database);
        return _idle.TryTake(out var reader) ? reader : new SqliteReader(_database.Open(), GiveBack);
    }

    private void GiveBack(SqliteReader reader)
    {
        if (_closed) reader.Close();
        else _idle.Add(reader);
    }

    private void Close()
    {
        _closed = true;
        while (_idle.TryTake(out var reader)) reader.Close();
    }
}
