using Recsys.Batch.Pipeline.Ingest.Reading;
using Recsys.Batch.Pipeline.Ingest.Rules;

namespace Recsys.Batch.Pipeline.Ingest;

/// <summary>What the kept events come to.</summary>
internal sealed record EventSummary(IReadOnlyDictionary<string, long> KeptByKind, long WithoutWeight, uint First, uint Last)
{
    public static EventSummary Of(EventLog log, IngestOptions options)
    {
        var weights = options.Weights();
        var kinds = new long[EventKinds.Count];
        long without = 0;
        uint first = uint.MaxValue, last = 0;
        for (int e = 0; e < log.Count; e++)
        {
            if (log.Statuses[e] != RowStatus.Kept) continue;
            var kind = log.Kinds[e];
            kinds[(int)kind]++;
            if (weights[(int)kind] <= 0 || (kind == EventKind.Rating && log.Amount(e) < options.RatingThreshold)) without++;
            first = Math.Min(first, log.Seconds[e]);
            last = Math.Max(last, log.Seconds[e]);
        }
        var named = new SortedDictionary<string, long>(StringComparer.Ordinal);
        for (int k = 0; k < kinds.Length; k++) if (kinds[k] > 0) named[((EventKind)k).Name()] = kinds[k];
        return new EventSummary(named, without, Math.Min(first, last), last);
    }
}
