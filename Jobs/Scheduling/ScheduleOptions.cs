using Recsys.Batch.Jobs.Text;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Jobs.Scheduling;

/// <summary>What to do with a time at which no host was up.</summary>
internal enum MisfirePolicy
{
    /// <summary>Run once as soon as a host is up, however many times were missed.</summary>
    RunOnce,

    /// <summary>Wait for the next time.</summary>
    Skip,
}

/// <summary>One entry of section <c>Schedules</c>: when a job runs, and what happens when it fails.</summary>
internal sealed class ScheduleOptions : IStageOptions
{
    /// <summary>What runs; the name of a stage is a night up to that stage. Needed.</summary>
    public string Job { get; set; } = "";

    /// <summary>Five fields (minute, hour, day of the month, month, weekday) or six with seconds first; empty with <see cref="After"/>.</summary>
    public string? Cron { get; set; }

    /// <summary>IANA name of the zone that the cron expression speaks of, for example <c>Europe/Berlin</c>.</summary>
    public string TimeZone { get; set; } = "UTC";

    /// <summary>What happens to a time at which no host was up.</summary>
    public MisfirePolicy Misfire { get; set; } = MisfirePolicy.RunOnce;

    /// <summary>
    /// Parameters over the configuration: <c>Section:Key</c> to value; <c>from</c>, a stage; <c>version</c> of job <c>rollback</c> and <c>keep</c> of job
    /// <c>prune</c>.
    /// </summary>
    public Dictionary<string, string> Set { get; set; } = [];

    /// <summary>The schedule whose success starts this one, instead of a clock.</summary>
    public string? After { get; set; }

    /// <summary>Longest time that one attempt may take, above zero and up to 30 days; empty for no limit.</summary>
    public TimeSpan? TimeLimit { get; set; }

    /// <summary>Attempts after the first one failed, 0 to 100. A refused gate and a wrong configuration are not tried again: nothing would change.</summary>
    public int Retries { get; set; }

    /// <summary>Wait before the second attempt, from a second to a day; each further wait is twice as long.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMinutes(5);

    public void Validate(OptionsCheck check)
    {
        check.Require(JobNames.All.Contains(Job), Job, "a job: " + string.Join(", ", JobNames.All))
            .InRange(Retries, 0, 100)
            .Require(
                TimeLimit is not { } limit || limit > TimeSpan.Zero && limit <= TimeSpan.FromDays(30), TimeLimit, "a duration above zero and up to 30.00:00:00")
            .Require(RetryDelay >= TimeSpan.FromSeconds(1) && RetryDelay <= TimeSpan.FromDays(1), RetryDelay, "a duration from 00:00:01 to 1.00:00:00")
            .Require(ZoneClock.Knows(TimeZone), TimeZone, ZoneClock.Expected(TimeZone));
        if (After is null == Cron is null)
        {
            check.Require(
                false, Cron,
                After is null
                    ? "a cron expression such as '30 2 * * *', or After with another schedule's name"
                    : "no cron expression, because After starts this schedule",
                nameof(Cron));
        }
        else if (Cron is not null && CronText.TryParse(Cron, out string? fault) is null)
            check.Require(false, Cron, "a cron expression: " + fault, nameof(Cron));
    }

    /// <summary>What its jobs carry.</summary>
    internal JobOrder Order(string name) => new(Job, new(Set, StringComparer.Ordinal), name, After, TimeLimit, Retries, RetryDelay);
}
