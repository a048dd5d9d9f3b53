using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Runs;

/// <summary>Section <c>Runs</c>: what rules every stage alike.</summary>
public sealed class RunsOptions : IStageOptions
{
    /// <summary>Worker threads of every stage; 0 takes all processors. Results do not depend on it.</summary>
    public int Threads { get; set; }

    /// <summary>Source of all randomness; part of every stage's hash.</summary>
    public ulong Seed { get; set; } = 42;

    /// <summary>Run folders kept on disk, 2 to 1,000; those that a kept run reuses artifacts of stay too. The ledger keeps all runs.</summary>
    public int Keep { get; set; } = 7;

    public int EffectiveThreads => Threads > 0 ? Threads : Environment.ProcessorCount;

    public void Validate(OptionsCheck check) => check.InRange(Threads, 0, 1024).InRange(Keep, 2, 1000);
}
