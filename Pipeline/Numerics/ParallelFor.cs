using System.Runtime.ExceptionServices;

namespace Recsys.Batch.Pipeline.Numerics;

/// <summary>
/// Runs independent pieces of work on a bounded number of threads. Pieces are handed out in ascending order as workers become free, so put
/// long ones first. Results do not depend on the number of threads as long as a piece writes only what is its own: reduce partial
/// results afterwards, in piece order.
/// </summary>
internal static class ParallelFor
{
    /// <summary>Calls <paramref name="body"/> once for each piece in [0, <paramref name="count"/>).</summary>
    /// <exception cref="OperationCanceledException">Cancelled between two pieces.</exception>
    public static void Run(int count, int threads, Action<int> body, CancellationToken cancellation = default) =>
        Run<object?>(count, threads, static () => null, (piece, _) => body(piece), cancellation);

    /// <summary>
    /// As above, with one workspace a worker (buffers that pieces reuse; disposed at the end if it is disposable). The exception of the
    /// lowest-numbered piece that failed is thrown as it was.
    /// </summary>
    public static void Run<TWorkspace>(
        int count, int threads, Func<TWorkspace> workspace, Action<int, TWorkspace> body, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        cancellation.ThrowIfCancellationRequested();
        if (count <= 0) return;
        var state = new State<TWorkspace>(count, workspace, body, cancellation);
        var others = new Task[Math.Min(threads, count) - 1];
        for (int t = 0; t < others.Length; t++) others[t] = Task.Run(state.Work, CancellationToken.None);
        state.Work();
        // A helper that the pool never started finds nothing left to do; waiting for it is only waiting for its turn.
        Task.WaitAll(others, CancellationToken.None);
        state.ThrowIfFailed();
        cancellation.ThrowIfCancellationRequested();
    }

    private sealed class State<TWorkspace>(int count, Func<TWorkspace> make, Action<int, TWorkspace> body, CancellationToken cancellation)
    {
        private readonly Lock _lock = new();
        private int _next = -1;
        private volatile bool _stop;
        private int _failedPiece = int.MaxValue;
        private ExceptionDispatchInfo? _failure;

        public void Work()
        {
            int piece = Interlocked.Increment(ref _next);
            if (piece >= count) return;
            TWorkspace? workspace = default;
            try
            {
                workspace = make();
                for (; piece < count; piece = Interlocked.Increment(ref _next))
                {
                    if (_stop || cancellation.IsCancellationRequested) return;
                    body(piece, workspace);
                }
            }
            catch (Exception e)
            {
                _stop = true;
                lock (_lock)
                {
                    if (piece < _failedPiece)
                    {
                        _failedPiece = piece;
                        _failure = ExceptionDispatchInfo.Capture(e);
                    }
                }
            }
            finally
            {
                (workspace as IDisposable)?.Dispose();
            }
        }

        public void ThrowIfFailed() => _failure?.Throw();
    }
}
