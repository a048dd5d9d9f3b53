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
    private static readonly string[] Stages =
        [StageNames.Ingest, StageNames.Embed, StageNames.Train, StageNames.Rank, StageNames.Evaluate, StageNames.Materialize, StageNames.Publish];

    /// <summary>A night that ends at <paramref name="ended"/>, with accuracy and diversity of its lists; a finished one publishes <c>vN</c>.</summary>
    /// <param name="changed">What it publishes differs from night to night; otherwise it finds the current version again.</param>
    /// <returns>Its id.</returns>
    public string Add(int number, DateTimeOffset ended, double ndcg, RunState state = RunState.Finished, bool changed = true, int users = 2)
    {
        var began = ended.AddMinutes(-70);
        string id = string.Create(CultureInfo.InvariantCulture, $"{number:D6}-{began.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}");
        string? version = state != RunState.Finished ? null : changed ? $"v{number}" : store.Current;
        ledger.Save(new LedgerRun(
            id, RunRequest.Nightly, state, began, ended, 1, 42, 2, "plan", version, state == RunState.Refused ? "lists gate refused: coverage" : null));
        for (int i = 0; i < Stages.Length && (state == RunState.Finished || i < Stages.Length - 1); i++)
        {
            bool last = i == Stages.Length - 2 && state != RunState.Finished;
            var stage = last ? (state == RunState.Refused ? StageState.Refused : StageState.Failed) : StageState.Finished;
            ledger.Save(
                new LedgerStage(id, Stages[i], stage, "hash", "new files", null, began.AddMinutes(10 * i), 600, 1_000_000, null),
                Stages[i] switch
                {
                    StageNames.Ingest => new Dictionary<string, double> { ["ingest.rows"] = 1_000, ["ingest.quarantined"] = 10 },
                    StageNames.Evaluate => new Dictionary<string, double>
                    {
                        ["ials.new.ndcg@10"] = ndcg / 2,
                        ["diversified.new.ndcg@10"] = ndcg,
                        ["diversified.new.ild@10"] = 1 - ndcg,
                        ["diversified.new.coverage@10"] = ndcg / 4,
                    },
                    _ => new Dictionary<string, double>(),
                },
                Stages[i] == StageNames.Materialize
                    ? [new ConstraintResult("lists", "coverage", last ? ConstraintLevel.Fail : ConstraintLevel.Pass, ndcg / 4, "fail below 0.01", "few items")]
                    : []);
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
