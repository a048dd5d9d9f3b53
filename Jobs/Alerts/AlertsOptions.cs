using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Jobs.Alerts;

/// <summary>Section <c>Alerts</c>: when someone is told, and where. CheckInterval alert is in the log and in the console; webhooks come on top.</summary>
internal sealed class AlertsOptions : IStageOptions
{
    /// <summary>How often the ledger is looked at, 1 second to 1 hour.</summary>
    public TimeSpan CheckInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Lists are stale once no run has published or confirmed them for so long, an hour to 90 days, for pages, probes and alerts alike; told again after as
    /// long.
    /// </summary>
    public TimeSpan StaleAfter { get; set; } = TimeSpan.FromHours(26);

    /// <summary>Data are old once the last day that lists were made from ended so long ago, an hour to 3,650 days; told once for that day.</summary>
    public TimeSpan DataStaleAfter { get; set; } = TimeSpan.FromDays(3);

    /// <summary>A night is late once it has not ended so long after the time at which the last nights ended, a minute to a day.</summary>
    public TimeSpan LateAfter { get; set; } = TimeSpan.FromHours(1);

    /// <summary>An alert tells of quarantined rows where their share is this many times the median of the nights before, 1.1 to 1,000.</summary>
    public double QuarantineFactor { get; set; } = 2;

    /// <summary>Share of quarantined rows below which no alert tells of them, 0 to 1.</summary>
    public double QuarantineShare { get; set; } = 0.02;

    /// <summary>Nights that a median takes, 3 to 365; a night with fewer than three before it is not judged.</summary>
    public int QuarantineNights { get; set; } = 14;

    /// <summary>What ended longer ago than this when a host starts is history, a minute to 30 days.</summary>
    public TimeSpan Lookback { get; set; } = TimeSpan.FromDays(1);

    public List<WebhookOptions> Webhooks { get; set; } = [];

    internal FreshnessLimits Freshness => new(StaleAfter, DataStaleAfter);

    public void Validate(OptionsCheck check)
    {
        check
            .Require(CheckInterval >= TimeSpan.FromSeconds(1) && CheckInterval <= TimeSpan.FromHours(1), CheckInterval, "a duration from 00:00:01 to 01:00:00")
            .Require(StaleAfter >= TimeSpan.FromHours(1) && StaleAfter <= TimeSpan.FromDays(90), StaleAfter, "a duration from 01:00:00 to 90.00:00:00")
            .Require(
                DataStaleAfter >= TimeSpan.FromHours(1) && DataStaleAfter <= TimeSpan.FromDays(3650), DataStaleAfter,
                "a duration from 01:00:00 to 3650.00:00:00")
            .Require(LateAfter >= TimeSpan.FromMinutes(1) && LateAfter <= TimeSpan.FromDays(1), LateAfter, "a duration from 00:01:00 to 1.00:00:00")
            .InRange(QuarantineFactor, 1.1, 1000)
            .InRange(QuarantineShare, 0, 1)
            .InRange(QuarantineNights, 3, 365)
            .Require(Lookback >= TimeSpan.FromMinutes(1) && Lookback <= TimeSpan.FromDays(30), Lookback, "a duration from 00:01:00 to 30.00:00:00");
        for (int i = 0; i < Webhooks.Count; i++) check.Nested(Webhooks[i], $"{nameof(Webhooks)}:{i}");
    }
}

/// <summary>An address that alerts are posted to.</summary>
internal sealed class WebhookOptions : IStageOptions
{
    /// <summary>How the log and the console call it; the address itself may hold a secret and is shown nowhere.</summary>
    public string Name { get; set; } = "webhook";

    /// <summary>The address, as <c>https://hooks.example.com/recsys</c>. Needed.</summary>
    public string Url { get; set; } = "";

    /// <summary>Key of the signature; empty: posts are not signed.</summary>
    public string? Secret { get; set; }

    /// <summary>Time that one try may take, 1 to 60 seconds.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Tries for one alert, 1 to 10, with a second before the next, then five times as long each time, at most five minutes.</summary>
    public int MaxAttempts { get; set; } = 4;

    public void Validate(OptionsCheck check) => check
        .NotEmpty(Name, "a name")
        .Require(
            Uri.TryCreate(Url, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http",
            Url.Length == 0 ? null : "a text of another shape", "an address as https://hooks.example.com/recsys", nameof(Url))
        .Require(Timeout >= TimeSpan.FromSeconds(1) && Timeout <= TimeSpan.FromMinutes(1), Timeout, "a duration from 00:00:01 to 00:01:00")
        .InRange(MaxAttempts, 1, 10);
}
