using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Feedback;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Privacy;
using Recsys.Batch.Pipeline.Publish;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>
/// What lists owe to what was shown before: the version before, where lists may change by so much only (<c>Materialize:MaxChanges</c>), and impressions without
/// a click (<c>Materialize:Fatigue</c>). Both are written down before lists are made.
/// </summary>
/// <param name="published">Null on a worker, which reads what the run's host wrote down.</param>
/// <param name="suppressed">Users who asked to be forgotten; null where nobody did.</param>
internal sealed class ListFreshness(MaterializeOptions options, FeedbackOptions feedback, IOutputStore? published, SuppressionList? suppressed)
{
    public bool Any => HasCap || HasFatigue;

    private bool HasCap => options.MaxChanges is not null;

    private bool HasFatigue => options.Fatigue.Enabled && feedback.Logs.Count > 0;

    /// <summary>What the stage takes from ingest for it.</summary>
    public IEnumerable<string> Inputs() => Any ? [IngestArtifacts.Items] : [];

    /// <summary>
    /// The logs, for the stage's identity. The version before is no part of it: a night that is run again would be held against its own lists, and move each
    /// time.
    /// </summary>
    public IEnumerable<KeyValuePair<string, string>> Sources()
    {
        if (!HasFatigue) yield break;
        foreach (var log in feedback.Logs)
        {
            int number = 0;
            foreach (string file in ParquetFiles.Reader().Expand(log.Path))
                yield return KeyValuePair.Create($"impressions {log.Name} {++number:D5}", FileFingerprint.Of(file));
        }
        if (suppressed is { Count: > 0 }) yield return KeyValuePair.Create(IngestStep.Suppressed, suppressed.Identity());
    }

    /// <summary>Leaves what lists are held against among the stage's outputs.</summary>
    public void Write(StageWork work)
    {
        if (options.Fatigue.Enabled && !HasFatigue)
            work.Context.Progress.Note("Materialize:Fatigue:Enabled is true, and there are no impressions: Feedback:Logs is empty");
        if (!Any) return;
        string ingest = Path.GetDirectoryName(work.Input(StageNames.Ingest, IngestArtifacts.Items))!;
        var (users, items) = (IngestArtifacts.ReadUsers(ingest), IngestArtifacts.ReadItems(ingest));
        // A run that is taken up again goes on with what its first lists were held against.
        if (HasCap && !PreviousLists.IsThere(work)) PreviousLists.From(published!, users, items).Write(work);
        if (!HasFatigue) return;
        var rows = LoggedFeedback.Read(ParquetFiles.Reader(), feedback, suppressed, work);
        var fatigue = ImpressionFatigue.Of(rows, users, items, options.Fatigue);
        fatigue.Write(work);
        work.Context.Progress.Metric("materialize.tired_pairs", fatigue.Count);
    }

    /// <summary>Holds lists to the version before; null: they change as they like.</summary>
    public StableLists? Stable(StageWork work) => HasCap ? new StableLists(PreviousLists.Read(work), options.MaxChanges!.Value) : null;

    /// <summary>Candidates without what users are tired of in front.</summary>
    public Func<CandidateBlock, CandidateBlock> Tired(StageWork work, Func<CandidateBlock, CandidateBlock> ranking)
    {
        if (!HasFatigue) return ranking;
        var fatigue = ImpressionFatigue.Read(work);
        return candidates => fatigue.Apply(ranking(candidates), options.Fatigue);
    }
}
