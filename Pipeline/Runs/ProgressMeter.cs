using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Runs;

/// <summary>Turns what a stage says into events with rates and time left, at most ten a second for one step, and keeps its metrics.</summary>
/// <param name="usual">What the stage took in earlier runs, in seconds; null where there is none.</param>
internal sealed class ProgressMeter(string stage, TimeProvider time, IRunObserver observer, double? usual = null) : IStageProgress
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly long _stageBegan = time.GetTimestamp();
    private string? _step;
    private long _began;
    private long _firstDone;
    private long _said;

    public SortedDictionary<string, double> Metrics { get; } = new(StringComparer.Ordinal);

    public void Step(string step, long done, long total, string unit)
    {
        lock (_gate)
        {
            long now = time.GetTimestamp();
            bool isNew = step != _step;
            if (isNew) (_step, _began, _firstDone) = (step, now, done);
            else if (done != total && time.GetElapsedTime(_said, now) < Pause) return;
            _said = now;
            double seconds = time.GetElapsedTime(_began, now).TotalSeconds;
            // Work found finished by an earlier attempt must not flatter the rate.
            double rate = seconds > 0 ? (done - _firstDone) / seconds : 0;
            TimeSpan? left = total > 0 && rate > 0 ? TimeSpan.FromSeconds(Math.Min((total - done) / rate, 1e8)) : null;
            observer.On(new StageProgressed(stage, step, done, total, unit, rate, left) { StageLeft = StageLeft(now) });
        }
    }

    private TimeSpan? StageLeft(long now) =>
        usual - time.GetElapsedTime(_stageBegan, now).TotalSeconds is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : null;

    public void Metric(string name, double value)
    {
        lock (_gate)
        {
            Metrics[name] = value;
            observer.On(new StageMetric(stage, name, value));
        }
    }

    public void Note(string message)
    {
        lock (_gate) observer.On(new StageNote(stage, message));
    }
}
