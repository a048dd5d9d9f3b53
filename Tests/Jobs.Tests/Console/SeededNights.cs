using System.Globalization;
using Recsys.Batch.Jobs.Tests.Host;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Ledger;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Jobs.Tests.Console;

/// <summary>Nights as a ledger has them, made by hand: what a page says of them is known beforehand.</summary>
internal sealed class SeededNights(IRunLedger ledger, IOutputStore store)
{
    private static readonly (string Name, double Minutes)[] Stages =
    [
        (StageNames.Ingest, 4), (StageNames.Embed, 1), (StageNames.Train, 22), (StageNames.Rank, 6), (StageNames.Evaluate, 9), (StageNames.Neighbors, 3),
        (StageNames.Materialize, 18), (StageNames.Publish, 3),
    ];

    /// <summary>A night that ends at <paramref name="ended"/>, with accuracy and diversity of its lists; a finished one publishes <c>vN</c>.</summary>
    /// <param name="changed">What it publishes differs from night to night; otherwise it finds the current version again.</param>
    /// <returns>Its id.</returns>
    public string Add(int number, DateTimeOffset ended, double ndcg, RunState state = RunState.Finished, bool changed = true, int users = 2, double pace = 1,
        string? refusedFor = null)
    {
        bool finished = state == RunState.Finished;
        var stages = finished ? Stages : Stages[..^1];
        var began = ended.AddMinutes(-pace * stages.Sum(s => s.Minutes));
        string id = string.Create(CultureInfo.InvariantCulture, $"{number:D6}-{began.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}");
        string? version = !finished ? null : changed ? $"v{number}" : store.Current;
        ledger.Save(new LedgerRun(
            id, RunRequest.Nightly, state, began, ended, 1, 42, 2, "plan", version,
            state == RunState.Refused ? refusedFor ?? "lists gate refused: coverage" : null));
        ledger.SaveQuarantine(id, [new LedgerQuarantine(id, "a.parquet", "null_user", 10, [1, 2])]);
        var at = began;
        foreach (var (name, minutes) in stages)
        {
            bool last = !finished && name == StageNames.Materialize;
            var stage = last ? (state == RunState.Refused ? StageState.Refused : StageState.Failed)
                : name == StageNames.Embed && number > 1 ? StageState.Reused
                : StageState.Finished;
            ledger.Save(
                new LedgerStage(id, name, stage, "hash", "new files", null, at, 60 * minutes * pace, 1_000_000, null),
                name switch
                {
                    StageNames.Ingest => new Dictionary<string, double> { ["ingest.rows"] = 1_000, ["ingest.quarantined"] = 10 },
                    StageNames.Evaluate => new Dictionary<string, double>
                    {
                        ["ials.new.ndcg@10"] = ndcg / 2,
                        ["diversified.new.ndcg@10"] = ndcg,
                        ["diversified.new.ndcg@10.low"] = ndcg - 0.01,
                        ["diversified.new.ndcg@10.high"] = ndcg + 0.01,
                        ["diversified.new.ild@10"] = 1 - ndcg,
                        ["diversified.new.coverage@10"] = ndcg / 4,
                    },
                    _ => new Dictionary<string, double>(),
                },
                name == StageNames.Materialize
                    ? [new ConstraintResult("lists", "coverage", last ? ConstraintLevel.Fail : ConstraintLevel.Pass, ndcg / 4, "fail below 0.01", "few items")]
                    : []);
            at += TimeSpan.FromMinutes(minutes * pace);
        }
        if (version is not null && changed)
        {
            SeededLists.Publish(
                store, version, ended, [.. Enumerable.Range(0, users).Select(u => string.Create(CultureInfo.InvariantCulture, $"u{u:D6}"))], runId: id,
                dataTo: ended.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        }
        return id;
    }
}
