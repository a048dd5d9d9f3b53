using Recsys.Batch.Pipeline.Runs;

namespace Recsys.Batch.Jobs.Cli.Display;

internal enum StageMark
{
    Waiting,
    Working,
    Done,
    Reused,
    Failed,
}

/// <summary>What is known of one stage of the run on display.</summary>
internal sealed record StageLine(string Name)
{
    public StageMark Mark { get; init; }

    /// <summary>When it began, as a timestamp of the display's clock.</summary>
    public long Began { get; init; }

    public TimeSpan? Took { get; init; }

    /// <summary>What it took in earlier runs; null where they say nothing.</summary>
    public TimeSpan? Usual { get; init; }

    public StageProgressed? Last { get; init; }

    /// <summary>A few words: what was reused, what came out, what went wrong.</summary>
    public string Remark { get; init; } = "";
}

/// <summary>Turns a run's events into the state of its stages. Events come from the run's threads, readers from the display's.</summary>
internal sealed class RunBoard(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly List<StageLine> _lines = [];

    /// <summary>What is at work: the job and, where it is one of the ledger's, its run.</summary>
    public string Title { get; private set; } = "starting";

    public IReadOnlyList<StageLine> Lines
    {
        get
        {
            lock (_gate) return [.. _lines];
        }
    }

    public TimeSpan Elapsed(StageLine line) => line.Took ?? (line.Mark == StageMark.Working ? time.GetElapsedTime(line.Began) : TimeSpan.Zero);

    public void On(RunEvent happened)
    {
        lock (_gate)
        {
            switch (happened)
            {
                case RunStarted started:
                    Title = started.RunId == started.Job ? started.Job : $"{started.Job} · run {started.RunId}{(started.Resumed ? " · resumed" : "")}";
                    _lines.Clear();
                    _lines.AddRange(started.Stages.Select(s => new StageLine(s)));
                    break;
                case StageStarted s:
                    Change(s.Stage, l => l with
                    {
                        Mark = StageMark.Working,
                        Began = time.GetTimestamp(),
                        Usual = s.Estimate is { } e ? TimeSpan.FromSeconds(e.Seconds) : null,
                    });
                    break;
                case StageSkipped s:
                    Change(s.Stage, l => l with { Mark = StageMark.Reused, Took = TimeSpan.Zero, Remark = $"unchanged, from {s.FromRun}" });
                    break;
                case StageProgressed s:
                    Change(s.Stage, l => l with { Last = s });
                    break;
                case StageNote s:
                    Change(s.Stage, l => l with { Remark = s.Message });
                    break;
                case StageFinished s:
                    Change(s.Stage, l => l with { Mark = StageMark.Done, Took = s.Took });
                    break;
                case StageFailed s:
                    Change(
                        s.Stage, l => l with { Mark = StageMark.Failed, Took = time.GetElapsedTime(l.Began), Remark = s.State.ToString().ToLowerInvariant() });
                    break;
            }
        }
    }

    private void Change(string stage, Func<StageLine, StageLine> change)
    {
        int at = _lines.FindIndex(l => l.Name == stage);
        if (at >= 0) _lines[at] = change(_lines[at]);
    }
}
