using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>
/// Progress of one training among several of a night. Each says what its model is for: the same trainer begins again with its first iteration for the
/// hold-out, and for the ranker.
/// </summary>
internal sealed class TrainingProgress(IStageProgress progress, string purpose) : IStageProgress
{
    public const string Serves = "to serve";
    public const string IsMeasured = "to be measured";
    public const string Compares = "to compare with";
    public const string TeachesRanker = "to rank by";

    /// <summary>The same context, whose steps say what the model is for; the log has a line about it.</summary>
    /// <param name="on">What it is trained on, in words.</param>
    public static StageContext For(StageContext context, string purpose, string algorithm, string on)
    {
        context.Progress.Note($"trains {algorithm} {purpose}, on {on}");
        return context with { Progress = new TrainingProgress(context.Progress, purpose) };
    }

    public void Step(string step, long done, long total, string unit) => progress.Step($"{step} {purpose}", done, total, unit);

    public void Metric(string name, double value) => progress.Metric(name, value);

    public void Note(string message) => progress.Note(message);
}
