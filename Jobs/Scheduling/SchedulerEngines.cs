namespace Recsys.Batch.Jobs.Scheduling;

/// <summary>The engines of this build.</summary>
public static class SchedulerEngines
{
    public const string Quartz = "quartz";

    public const string Hangfire = "hangfire";

    /// <summary>The first is what <c>Auto</c> stands for.</summary>
#if STACK_MLNET
    public static IReadOnlyList<string> Names { get; } = [Hangfire, Quartz];
#else
    public static IReadOnlyList<string> Names { get; } = [Quartz];
#endif

    /// <summary>The engine that <paramref name="options"/> ask for.</summary>
    public static string Of(SchedulerOptions options) =>
        Names.FirstOrDefault(n => n.Equals(options.Engine, StringComparison.OrdinalIgnoreCase)) ?? Names[0];

    /// <summary>What may stand in <c>Scheduler:Engine</c>, and in which build the one asked for would be.</summary>
    internal static string Expected(string asked) =>
        "Auto or " + string.Join(", ", Names) + (asked.Equals(Hangfire, StringComparison.OrdinalIgnoreCase) ? "; this is the Portable stack, and Hangfire is in a build with -p:Stack=MLNet" : "");
}
