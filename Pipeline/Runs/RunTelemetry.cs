using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Recsys.Batch.Pipeline.Runs;

/// <summary>
/// Turns what happens in a run into OpenTelemetry's signals: activity source and meter <c>Recsys.Batch</c>, a span a run and below it one a stage, with
/// durations, numbers of rows and bytes written. Nothing of a row's content, no user's id.
/// </summary>
internal sealed class RunTelemetry(IRunObserver next) : IRunObserver
{
    /// <summary>Name of the activity source and of the meter.</summary>
    public const string Name = "Recsys.Batch";

    /// <summary>A stage may report hundreds of metrics; a span carries the first so many.</summary>
    private const int MaxTags = 64;

    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);

    /// <summary>A small shop's stage takes milliseconds, a large one's night hours; what is usual for requests ends at ten seconds.</summary>
    private static readonly InstrumentAdvice<double> UpToHours = new()
    {
        HistogramBucketBoundaries = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 1800, 3600, 7200, 10_800, 21_600],
    };

    private static readonly Histogram<double> RunSeconds = Meter.CreateHistogram("recsys.run.duration", "s", "How long runs took.", advice: UpToHours);
    private static readonly Histogram<double> StageSeconds = Meter.CreateHistogram("recsys.stage.duration", "s", "How long stages took.", advice: UpToHours);
    private static readonly Counter<double> StageRows = Meter.CreateCounter<double>("recsys.stage.rows", null, "Rows that stages worked on.");
    private static readonly Counter<long> StageBytes = Meter.CreateCounter<long>("recsys.stage.output", "By", "Bytes of artifacts that stages wrote.");

    private Activity? _run;
    private Activity? _stage;
    private string _job = "";
    private int _tags;

    public void On(RunEvent happened)
    {
        switch (happened)
        {
            case RunStarted e:
                _job = e.Job;
                _run = Source.StartActivity($"run {e.Job}");
                _run?.SetTag("recsys.run.id", e.RunId).SetTag("recsys.job", e.Job).SetTag("recsys.resumed", e.Resumed);
                break;
            case StageStarted e:
                _tags = 0;
                _stage = Source.StartActivity($"stage {e.Stage}", ActivityKind.Internal, _run?.Context ?? default);
                _stage?.SetTag("recsys.stage", e.Stage).SetTag("recsys.reason", e.Reason);
                break;
            case StageSkipped e:
                _run?.AddEvent(new ActivityEvent($"stage {e.Stage} is unchanged"));
                break;
            case StageMetric e:
                if (_tags++ < MaxTags) _stage?.SetTag($"recsys.metric.{e.Name}", e.Value);
                if (e.Name.EndsWith(".rows", StringComparison.Ordinal)) StageRows.Add(e.Value, new KeyValuePair<string, object?>("stage", e.Stage));
                break;
            case StageFinished e:
                StageBytes.Add(e.OutputBytes, new KeyValuePair<string, object?>("stage", e.Stage));
                _stage?.SetTag("recsys.output_bytes", e.OutputBytes);
                break;
            case StageFailed e:
                End(ref _stage, $"{e.State}".ToLowerInvariant(), failed: true);
                break;
            case RunEnded e:
                Ended(e.Report);
                break;
            default:
                break;
        }
        next.On(happened);
        // A stage's checks and metrics come before it is finished or refused; nothing of it comes after.
        if (happened is StageFinished) End(ref _stage, "finished", failed: false);
    }

    private void Ended(RunReport report)
    {
        foreach (var stage in report.Stages.Where(s => s.Took > TimeSpan.Zero))
        {
            StageSeconds.Record(
                stage.Took.TotalSeconds,
                new KeyValuePair<string, object?>("stage", stage.Stage),
                new KeyValuePair<string, object?>("state", $"{stage.State}".ToLowerInvariant()));
        }
        string state = $"{report.State}".ToLowerInvariant();
        RunSeconds.Record(report.Took.TotalSeconds, new KeyValuePair<string, object?>("job", _job), new KeyValuePair<string, object?>("state", state));
        End(ref _stage, state, failed: report.State != RunState.Finished);
        _run?.SetTag("recsys.version", report.Version);
        End(ref _run, state, failed: report.State != RunState.Finished);
    }

    private static void End(ref Activity? activity, string state, bool failed)
    {
        activity?.SetTag("recsys.state", state).SetStatus(failed ? ActivityStatusCode.Error : ActivityStatusCode.Ok).Dispose();
        activity = null;
    }
}
