namespace Recsys.Batch.Pipeline.Stage;

/// <summary>What every stage is given besides its inputs and options.</summary>
/// <param name="Threads">Worker threads; results do not depend on it.</param>
/// <param name="Seed">Source of all randomness.</param>
/// <param name="Time">The only clock.</param>
/// <param name="Progress">Where progress, metrics and remarks go.</param>
internal sealed record StageContext(int Threads, ulong Seed, TimeProvider Time, IStageProgress Progress, CancellationToken Cancellation)
{
    public static StageContext Quiet(int threads = 0, ulong seed = 42, CancellationToken cancellation = default) =>
        new(threads > 0 ? threads : Environment.ProcessorCount, seed, TimeProvider.System, NoProgress.Instance, cancellation);
}

/// <summary>Receives what a stage says while it works. Calls come from the stage's own thread, at most some tens a second.</summary>
internal interface IStageProgress
{
    /// <summary>
    /// <paramref name="done"/> of <paramref name="total"/> <paramref name="unit"/>s (rows, users, iterations) of one step are behind us; total 0 where it is
    /// unknown.
    /// </summary>
    void Step(string step, long done, long total, string unit);

    /// <summary>A number worth keeping in the ledger, under a dotted name.</summary>
    void Metric(string name, double value);

    /// <summary>A remark for the log: one line, without raw user ids or secrets.</summary>
    void Note(string message);
}

internal sealed class NoProgress : IStageProgress
{
    public static readonly NoProgress Instance = new();

    public void Step(string step, long done, long total, string unit)
    {
    }

    public void Metric(string name, double value)
    {
    }

    public void Note(string message)
    {
    }
}
