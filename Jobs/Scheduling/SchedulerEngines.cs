namespace Recsys.Batch.Jobs.Scheduling;

/// <summary>The engines of this build.</summary>
public static class SchedulerEngines
{
    public const string Quartz = "quartz";

    public const string Hangfire = "hangfire";

    /// <summary>The first is what <c>Auto</c> stands for.</summary>
    public static IReadOnlyList<string> Names { get; } = [Hangfire, Quartz];

    /// <summary>The engine that <paramref name="options"/> ask for.</summary>
    public static string Of(SchedulerOptions options) =>
        Names.FirstOrDefault(n => n.Equals(options.Engine, StringComparison.OrdinalIgnoreCase)) ?? Names[0];

    /// <summary>What may stand in <c>Scheduler:Engine</c>, and in which build the one asked for would be.</summary>
    internal static string Expected(string asked) =>
        "Auto or " + string.Join(", ", Names);
}
