using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>Quarantined rows counted by file and reason, with the numbers of the first ones.</summary>
internal static class QuarantineSummary
{
    private const int SampleRows = 5;

    public static IReadOnlyList<LedgerQuarantine> Of(string runId, IParquetReader reader, string path, CancellationToken cancellation)
    {
        var found = new SortedDictionary<(string File, string Reason), (long Rows, List<long> Sample)>();
        foreach (var batch in reader.Read(path, ["file", "row", "reason"], cancellation))
        {
            var files = batch.Column<Utf8Column>("file");
            var rows = batch.Column<ValueColumn<long>>("row");
            var reasons = batch.Column<Utf8Column>("reason");
            for (int row = 0; row < batch.RowCount; row++)
            {
                var key = (Encoding.UTF8.GetString(files[row]), Encoding.UTF8.GetString(reasons[row]));
                var (count, sample) = found.TryGetValue(key, out var known) ? known : (0, []);
                if (sample.Count < SampleRows) sample.Add(rows.Values[row]);
                found[key] = (count + 1, sample);
            }
        }
        return [.. found.Select(f => new LedgerQuarantine(runId, f.Key.File, f.Key.Reason, f.Value.Rows, f.Value.Sample))];
    }
}
