namespace Recsys.Batch.Pipeline.Storage;

/// <summary>
/// Proof that a writer still holds its lease. Every writing transaction of an output store compares <paramref name="Token"/> with the lease's own and is
/// refused once another writer has taken the lease over: one that was paused and wakes up can change nothing.
/// </summary>
/// <param name="Lease">Name of the lease, a row of <c>leases</c> in the same database.</param>
/// <param name="Token">The token that came with the taking of the lease.</param>
internal sealed record FencingToken(string Lease, long Token)
{
    /// <exception cref="Errors.RunFailedException">Another writer holds the lease now.</exception>
    internal void Require(long? held)
    {
        if (held != Token)
            throw new Errors.RunFailedException(
                $"another writer took over the lease '{Lease}' (token "
                + $"{(held is { } now ? now.ToString(System.Globalization.CultureInfo.InvariantCulture) : "none")}, "
                + $"this one has {Token}): this process was away for longer than its lease; nothing was changed, the other writer goes on");
    }
}
