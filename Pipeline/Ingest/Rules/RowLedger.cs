using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Ingest.Rules;

/// <summary>Counts rows by status and file, and asserts that every row has one.</summary>
internal sealed class RowLedger
{
    private readonly long[] _all = new long[RowStatuses.Count];
    private readonly long[] _new = new long[RowStatuses.Count];

    private RowLedger()
    {
    }

    public List<FileReport> Files { get; } = [];

    public RowCounts Total { get; private set; } = new(0, 0, 0, 0);

    public RowCounts New { get; private set; } = new(0, 0, 0, 0);

    public IReadOnlyDictionary<string, long> ByFate => Named(_all);

    public IReadOnlyDictionary<string, long> NewByFate => Named(_new);

    /// <param name="firstNewFile">Files from here on were read this night.</param>
    /// <exception cref="RunFailedException">A file has rows that are neither kept nor merged nor quarantined.</exception>
    public static RowLedger Of(IngestState state, int firstNewFile)
    {
        var ledger = new RowLedger();
        for (int f = 0; f < state.Files.Count; f++)
        {
            var file = state.Files[f];
            var statuses = (long[])file.Quarantined.Clone();
            Array.Resize(ref statuses, RowStatuses.Count);
            foreach (var status in state.Events.Statuses.AsSpan(file.FirstEvent, file.Events)) statuses[(int)status]++;
            var counts = Sum(file.Rows, statuses);
            if (!counts.Balanced) throw new RunFailedException(Unbalanced(file.File, counts));
            bool isNew = f >= firstNewFile;
            ledger.Files.Add(new FileReport(file.File, isNew, file.Bytes, file.Sha256, counts)
            {
                RepeatedRows = HasOwn(statuses) ? 0 : statuses[(int)RowStatus.MergedDuplicate],
                Quarantined = Named([.. statuses.Select((n, k) => ((RowStatus)k).IsQuarantined() ? n : 0)]),
            });
            ledger.Total = Add(ledger.Total, counts);
            if (isNew) ledger.New = Add(ledger.New, counts);
            for (int k = 0; k < statuses.Length; k++)
            {
                ledger._all[k] += statuses[k];
                if (isNew) ledger._new[k] += statuses[k];
            }
        }
        if (!ledger.Total.Balanced) throw new RunFailedException(Unbalanced("all files", ledger.Total));
        return ledger;
    }

    private static bool HasOwn(long[] statuses)
    {
        for (int k = 0; k < statuses.Length; k++)
            if (statuses[k] > 0 && ((RowStatus)k).IsEvent()) return true;
        return false;
    }

    private static string Unbalanced(string file, RowCounts c) =>
        $"{file}: {c.Rows} rows in, but {c.Kept} kept + {c.Merged} merged + {c.Quarantined} quarantined = {c.Kept + c.Merged + c.Quarantined}; "
        + $"a row was lost or counted twice, which is a fault of this program: please report it";

    private static RowCounts Sum(long rows, long[] statuses)
    {
        long kept = 0, merged = 0, quarantined = 0;
        for (int f = 0; f < statuses.Length; f++)
        {
            if (((RowStatus)f).IsQuarantined()) quarantined += statuses[f];
            else if (((RowStatus)f).IsMerged()) merged += statuses[f];
            else kept += statuses[f];
        }
        return new RowCounts(rows, kept, merged, quarantined);
    }

    private static RowCounts Add(RowCounts a, RowCounts b) =>
        new(a.Rows + b.Rows, a.Kept + b.Kept, a.Merged + b.Merged, a.Quarantined + b.Quarantined);

    private static SortedDictionary<string, long> Named(long[] statuses)
    {
        var named = new SortedDictionary<string, long>(StringComparer.Ordinal);
        for (int f = 0; f < statuses.Length; f++) if (statuses[f] > 0) named[((RowStatus)f).Name()] = statuses[f];
        return named;
    }
}
