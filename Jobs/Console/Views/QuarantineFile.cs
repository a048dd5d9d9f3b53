using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Jobs.Console.Views;

/// <param name="Row">Zero-based number in its file.</param>
/// <param name="Column">The column at fault; null where no single one is.</param>
/// <param name="Value">What stood there; null where it names a person or was null.</param>
internal sealed record QuarantinedRow(string File, long Row, string Reason, string? Column, string? Value);

/// <summary>Rows out of a run's quarantine Parquet.</summary>
internal sealed class QuarantineFile(RunArchive runs)
{
    /// <summary>Rows of a reason and a file (null: any), a page at a time; null where the run's folder is gone.</summary>
    public IReadOnlyList<QuarantinedRow>? Read(RunFacts run, string? file, string? reason, long skip, int limit, CancellationToken cancellation)
    {
        if (runs.Folder(run, StageNames.Ingest) is not { } folder) return null;
        string path = Path.Combine(folder, IngestArtifacts.Quarantine);
        if (!File.Exists(path)) return null;
        var found = new List<QuarantinedRow>(limit);
        long seen = 0;
        byte[]? wantedFile = file is null ? null : Encoding.UTF8.GetBytes(file);
        byte[]? wantedReason = reason is null ? null : Encoding.UTF8.GetBytes(reason);
        foreach (var batch in ParquetFiles.Reader().Read(path, ["file", "row", "reason", "column", "value"], cancellation))
        {
            var (files, reasons) = (batch.Column<Utf8Column>("file"), batch.Column<Utf8Column>("reason"));
            var (columns, values) = (batch.Column<Utf8Column>("column"), batch.Column<Utf8Column>("value"));
            var rows = batch.Column<ValueColumn<long>>("row");
            for (int i = 0; i < batch.RowCount; i++)
            {
                if (wantedFile is not null && !files[i].SequenceEqual(wantedFile) || wantedReason is not null && !reasons[i].SequenceEqual(wantedReason))
                    continue;
                if (seen++ < skip) continue;
                found.Add(new QuarantinedRow(Text(files, i)!, rows.Values[i], Text(reasons, i)!, Text(columns, i), Text(values, i)));
                if (found.Count == limit) return found;
            }
        }
        return found;
    }

    private static string? Text(Utf8Column column, int row) => column.IsNull(row) ? null : Encoding.UTF8.GetString(column[row]);
}
