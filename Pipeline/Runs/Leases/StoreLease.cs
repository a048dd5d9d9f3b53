using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Pipeline.Runs.Leases;

/// <summary>The right to write to an output store: one holder at a time over all hosts.</summary>
internal static class StoreLease
{
    public const string Name = "store";

    /// <param name="folder">The store's folder, whose lock a living writer to SQLite holds too.</param>
    /// <exception cref="OutputLockedException">Another one holds it.</exception>
    public static LeaseKeeper Take(OutputConnection place, string folder, WriterInfo holder, TimeSpan term, TimeProvider time)
    {
        if (LeaseKeeper.TryTake(place.Operations, Name, holder.ToString(), term, time) is { } taken) return taken;
        var held = place.Operations.Lease(Name);
        var by = WriterInfo.Parse(held?.Holder ?? "another-process");
        // Whoever starts again after a crash need not wait for the term of a lease that died with its process.
        if (held is not null && by.IsGone && StoreLock.IsFree(folder))
        {
            place.Operations.Release(new LeaseGrant(Name, held.Holder, held.Token));
            if (LeaseKeeper.TryTake(place.Operations, Name, holder.ToString(), term, time) is { } inherited) return inherited;
        }
        throw new OutputLockedException(by, place.Ledger.Runs(1).FirstOrDefault(r => r.State == RunState.Running && r.Job == by.Job)?.RunId);
    }

    /// <summary>Works under the lease; when it is lost the work is cancelled and has failed.</summary>
    /// <exception cref="RunFailedException">The lease was lost on the way: another host may have taken over.</exception>
    public static async Task<T> WorkAsync<T>(LeaseKeeper lease, Func<CancellationToken, Task<T>> work, CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, lease.Lost);
        try
        {
            return await work(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (lease.Lost.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new LeaseLostException(lease.Grant, e);
        }
    }
}

/// <summary>The lease under which something was at work was taken over. Exit code 1; the other holder goes on with the work.</summary>
internal sealed class LeaseLostException(LeaseGrant grant, Exception? inner = null) : RunFailedException(
    $"the lease '{grant.Name}' (token {grant.Token}) of {grant.Holder} was lost: this process was away from its database for longer than the lease's term; "
    + $"what it was doing is left to the next holder",
    inner);
