using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Parquet.DuckDb;

/// <summary>
/// A table function of DuckDB whose rows are the slices put into a short queue: what makes writing a stream. It runs on one thread, so rows keep their order.
/// </summary>
internal sealed unsafe class RowSource : IDisposable
{
    public const string Name = "recsys_rows";

    private readonly IReadOnlyList<ColumnField> _fields;
    private readonly BlockingCollection<RowSlice> _queue = new(boundedCapacity: 2);
    private readonly CancellationTokenSource _closed = new();
    private volatile bool _abandoned;
    private GCHandle _self;
    private RowSlice? _current;
    private int _at;

    public RowSource(IReadOnlyList<ColumnField> fields)
    {
        _fields = fields;
        _self = GCHandle.Alloc(this);
    }


    public void Register(nint connection)
    {
        nint function = DuckDbNative.CreateTableFunction();
        try
        {
            DuckDbNative.SetName(function, Name);
            DuckDbNative.SetExtraInfo(function, GCHandle.ToIntPtr(_self), 0);
            DuckDbNative.SetBind(function, &Bind);
            DuckDbNative.SetInit(function, &Init);
            DuckDbNative.SetFunction(function, &Next);
            if (DuckDbNative.Register(connection, function) != 0) throw new DuckDbException("DuckDB did not take the row source");
        }
        finally
        {
            DuckDbNative.DestroyTableFunction(ref function);
        }
    }

    /// <summary>Hands rows over, waiting while two slices lie ready. False when nobody will take them any more.</summary>
    public bool Offer(RowSlice slice)
    {
        try
        {
            _queue.Add(slice, _closed.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>No more rows come. Unless <paramref name="finished"/>, the consumer gets an error in place of an end.</summary>
    public void End(bool finished)
    {
        _abandoned = !finished;
        _queue.CompleteAdding();
    }

    /// <summary>The consumer is gone.</summary>
    public void Close() => _closed.Cancel();

    public void Dispose()
    {
        if (_self.IsAllocated) _self.Free();
        _queue.Dispose();
        _closed.Dispose();
    }

    private static DuckDbType TypeOf(ColumnField field) => field.Type switch
    {
        ColumnType.Int32 => DuckDbType.Integer,
        ColumnType.Int64 => DuckDbType.BigInt,
        ColumnType.Double => DuckDbType.Double,
        ColumnType.Boolean => DuckDbType.Boolean,
        ColumnType.Utf8 => DuckDbType.Varchar,
        // DuckDB keeps the zone for microseconds only; VectorFill brings the other units there.
        _ when field.IsUtc => DuckDbType.TimestampTz,
        _ => field.Unit switch
        {
            TimestampUnit.Seconds => DuckDbType.TimestampS,
            TimestampUnit.Milliseconds => DuckDbType.TimestampMs,
            TimestampUnit.Microseconds => DuckDbType.Timestamp,
            _ => DuckDbType.TimestampNs,
        },
    };

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Bind(nint info)
    {
        var source = (RowSource)GCHandle.FromIntPtr(DuckDbNative.BindExtraInfo(info)).Target!;
        for (int i = 0; i < source._fields.Count; i++)
        {
            nint type = DuckDbNative.CreateLogicalType(TypeOf(source._fields[i]));
            DuckDbNative.AddResultColumn(info, $"c{i}", type);
            DuckDbNative.DestroyLogicalType(ref type);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Init(nint info) => DuckDbNative.SetMaxThreads(info, 1);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Next(nint info, nint chunk)
    {
        var source = (RowSource)GCHandle.FromIntPtr(DuckDbNative.FunctionExtraInfo(info)).Target!;
        try
        {
            DuckDbNative.SetChunkSize(chunk, (ulong)source.Fill(chunk));
        }
        catch (Exception e)
        {
            // An exception must not cross native frames; DuckDB hands it back as the COPY's error.
            DuckDbNative.SetError(info, e.Message);
        }
    }

    private int Fill(nint chunk)
    {
        while (_current is null || _at == _current.Rows)
        {
            if (!_queue.TryTake(out _current, Timeout.Infinite))
                return _abandoned ? throw new DuckDbException("the writer was given up") : 0;
            _at = 0;
        }
        int rows = Math.Min(DuckDbNative.VectorRows, _current.Rows - _at);
        for (int i = 0; i < _fields.Count; i++) VectorFill.Copy(_current.Columns[i], _fields[i], _at, rows, DuckDbNative.ChunkVector(chunk, (ulong)i));
        _at += rows;
        return rows;
    }
}
