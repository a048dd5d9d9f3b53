namespace Recsys.Batch.Jobs.Scheduling;

/// <summary>The engines of this build.</summary>
public static class SchedulerEngines
{
    public const string Quartz = "quartz";

    public static IReadOnlyList<string> Names { get; } = [Quartz];
}
