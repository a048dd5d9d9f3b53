namespace Recsys.Batch.Pipeline.Parquet.DuckDb;

/// <summary>One SELECT: its columns once prepared, its rows as a stream of chunks once run.</summary>
internal sealed unsafe class DuckDbQuery : IDisposable
{
    private readonly nint _connection;
    private nint _statement;
    private DuckDbNative.Result _result;
    private bool _running;
    private bool _ended;

    public DuckDbQuery(nint connection, string sql)
    {
        _connection = connection;
        if (DuckDbNative.Prepare(connection, sql, out _statement) == 0) return;
        string message = DuckDbDatabase.Text(DuckDbNative.PrepareError(_statement)) ?? "no reason given";
        DuckDbNative.DestroyPrepare(ref _statement);
        throw new DuckDbException(message);
    }

    public int ColumnCount => checked((int)DuckDbNative.ColumnCount(_statement));

    public string ColumnName(int column)
    {
        byte* name = DuckDbNative.ColumnName(_statement, (ulong)column);
        string text = DuckDbDatabase.Text(name) ?? "";
        DuckDbNative.Free(name);
        return text;
    }

    public DuckDbType ColumnType(int column) => DuckDbNative.ColumnType(_statement, (ulong)column);

    /// <summary>Of a list or array the type of its members, else <see cref="DuckDbType.Invalid"/>.</summary>
    public DuckDbType ElementType(int column)
    {
        var type = ColumnType(column);
        if (type is not (DuckDbType.List or DuckDbType.Array)) return DuckDbType.Invalid;
        nint whole = DuckDbNative.ColumnLogicalType(_statement, (ulong)column);
        nint element = type == DuckDbType.List ? DuckDbNative.ListChildType(whole) : DuckDbNative.ArrayChildType(whole);
        var found = DuckDbNative.TypeId(element);
        DuckDbNative.DestroyLogicalType(ref element);
        DuckDbNative.DestroyLogicalType(ref whole);
        return found;
    }

    public void Run()
    {
        if (DuckDbNative.PendingStreaming(_statement, out nint pending) != 0)
        {
            string message = DuckDbDatabase.Text(DuckDbNative.PendingError(pending)) ?? "no reason given";
            DuckDbNative.DestroyPending(ref pending);
            throw new DuckDbException(message);
        }
        int state = DuckDbNative.ExecutePending(pending, out _result);
        DuckDbNative.DestroyPending(ref pending);
        _running = true;
        if (state != 0) throw new DuckDbException(Error ?? "no reason given");
    }

    /// <summary>The next rows, or 0 at the end. The caller destroys the chunk; its vectors live no longer.</summary>
    public nint Fetch()
    {
        // Asked again after its end, a stream answers with an error.
        if (_ended) return 0;
        nint chunk = DuckDbNative.FetchChunk(_result);
        _ended = chunk == 0;
        if (_ended && Error is { } message) throw new DuckDbException(message);
        return chunk;
    }

    /// <summary>Makes a call under way in another thread fail soon.</summary>
    public void Interrupt() => DuckDbNative.Interrupt(_connection);

    public void Dispose()
    {
        if (_running) DuckDbNative.DestroyResult(ref _result);
        _running = false;
        if (_statement != 0) DuckDbNative.DestroyPrepare(ref _statement);
    }

    private string? Error => DuckDbDatabase.Text(DuckDbNative.ResultError(ref _result));
}
