using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs.Ledger;
using Recsys.Batch.Pipeline.Storage;

namespace Recsys.Batch.Pipeline.Runs;

/// <summary>
/// An output place as a whole: its folder with the versions' files, the tables that downstream reads, the ledger of runs and what hosts tell each other,
/// all in the database that <see cref="PublishOptions"/> name. May be used from any thread; one is enough for a process.
/// </summary>
internal sealed class OutputConnection : IDisposable
{
    private OutputConnection(OutputFolder folder, TimeProvider time, FencingToken? fence = null)
    {
        Folder = folder;
        Ledger = new SqlRunLedger(folder.Database, fence);
        Operations = new OperationsLedger(folder.Database, time);
    }

    public OutputFolder Folder { get; }

    public IOutputStore Store => Folder.Store;

    public IRunLedger Ledger { get; }

    public OperationsLedger Operations { get; }

    /// <summary>Opens a place that something was published to.</summary>
    /// <exception cref="ConfigurationException">Nothing was.</exception>
    public static OutputConnection OpenForReading(PublishOptions options, TimeProvider time) => new(OutputFolder.OpenForReading(options), time);

    /// <summary>
    /// Opens a place for a host that starts before its first night: tables are made empty where there are none. Lists are read, both ledgers may be written,
    /// versions may not.
    /// </summary>
    public static OutputConnection OpenForServing(PublishOptions options, TimeProvider time) => new(OutputFolder.OpenForServing(options), time);

    /// <summary>Opens a place for the one writer of its versions, and clears away what a killed one left.</summary>
    /// <param name="grant">The writer's lease: with it, nothing is written any more once another writer has taken the lease over.</param>
    /// <exception cref="RunFailedException">Another writer is at work.</exception>
    public static OutputConnection OpenForWriting(PublishOptions options, TimeProvider time, LeaseGrant? grant = null)
    {
        var fence = grant is null ? null : new FencingToken(grant.Name, grant.Token);
        return new(OutputFolder.OpenForWriting(options, time, fence), time, fence);
    }

    public void Dispose() => Folder.Dispose();
}
