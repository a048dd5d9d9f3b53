using System.Collections.Concurrent;

namespace Recsys.Batch.Pipeline.Parquet.Isolation;

/// <summary>Decoder processes that wait for the next file: starting one takes longer than reading most files.</summary>
internal sealed class DecoderPool
{
    private const int MostIdle = 2;
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(20);
    private static readonly ConcurrentDictionary<(ParquetReadLimits, ParquetEngine, DecoderFault), DecoderPool> Pools = new();

    private readonly ParquetReadLimits _limits;
    private readonly ParquetEngine _engine;
    private readonly DecoderFault _fault;
    private readonly Stack<DecoderProcess> _idle = new();
    private readonly ITimer _sweep;

    private DecoderPool(ParquetReadLimits limits, ParquetEngine engine, DecoderFault fault)
    {
        (_limits, _engine, _fault) = (limits, engine, fault);
        _sweep = TimeProvider.System.CreateTimer(_ => Sweep(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public static DecoderPool For(ParquetReadLimits limits, ParquetEngine engine, DecoderFault fault) => Pools.GetOrAdd((limits, engine, fault), k => new(k.Item1, k.Item2, k.Item3));

    public DecoderProcess Rent()
    {
        lock (_idle)
            while (_idle.TryPop(out var waiting))
            {
                if (waiting.Alive) return waiting;
                waiting.Dispose();
            }
        return new DecoderProcess(_limits, _engine, _fault);
    }

    /// <summary>Takes back a process that has answered its last request to the end; others are disposed of by who rented them.</summary>
    public void Return(DecoderProcess process)
    {
        lock (_idle)
        {
            if (_idle.Count < MostIdle)
            {
                _idle.Push(process);
                _sweep.Change(IdleTime, Timeout.InfiniteTimeSpan);
                return;
            }
        }
        process.Dispose();
    }

    private void Sweep()
    {
        lock (_idle)
            while (_idle.TryPop(out var process)) process.Dispose();
    }
}
