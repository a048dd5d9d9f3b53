using System.Threading.Channels;
using Recsys.Batch.Pipeline.Storage;

namespace Recsys.Batch.Jobs.Host;

/// <summary>
/// Failures that a database which is away makes, from wherever they are seen. Workers, pages, probes and alerts each meet it again and again: the log
/// has one line as it begins and one as it ends, which <see cref="OutageWatch"/> writes.
/// </summary>
internal sealed class OutageSignal
{
    private readonly Channel<string> _seen =
        Channel.CreateBounded<string>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public ChannelReader<string> Seen => _seen.Reader;

    /// <summary>Takes a failure over from whoever would log it.</summary>
    /// <returns>False where it is of another kind.</returns>
    public bool Takes(Exception? failure)
    {
        if (DatabaseAway.Cause(failure) is not { } cause) return false;
        _seen.Writer.TryWrite(cause is Npgsql.NpgsqlException e ? PostgresConnection.Cause(e) : cause.Message);
        return true;
    }
}
