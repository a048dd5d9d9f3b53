using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Ingest.Reading;
using Recsys.Batch.Pipeline.Ingest.Rules;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Ingest.Tables;

/// <summary>The user table: a segment a known user. A user that no log knows has no index and is left out.</summary>
internal static class SegmentTable
{
    /// <summary>Longest name of a segment: each stands before every entry of its list.</summary>
    private const int MaxNameBytes = 1_024;

    /// <param name="attributes">Takes the users' further columns; null where none is mapped.</param>
    /// <param name="lastAttributes">Those that the last night read; null where there were none.</param>
    /// <param name="last">The segments that the last night read, by user index; null where there were none.</param>
    public static string?[] Read(
        IParquetReader reader, TableFiles tables, UserSourceOptions source, IngestOptions options, IdMap users, string?[]? last, QuarantineFile quarantine,
        StageContext context, AttributeTable? attributes = null, AttributeTable? lastAttributes = null)
    {
        var files = reader.Expand(source.Path);
        if (files.Count == 0) throw new ConfigurationException($"Ingest:Users:Path is '{source.Path}', which matches no Parquet file; expected the user table");
        var ids = new IdMap();
        var intake = new IdEncoder(ids, options.MaxIdBytes, RowStatus.NullUser, options.StripDecimalZero);
        var segments = new string?[users.Count];
        long all = 0, unusable = 0, oversized = 0;
        if (tables.Open(
            "the user table", files, last is not null,
            columns =>
            {
                columns.Want("Ingest:Users:Id", source.Id, ColumnRole.Id).Want("Ingest:Users:Segment", source.Segment, ColumnRole.Text, mayLack: true);
                foreach (string attribute in source.Attributes) columns.Want("Ingest:Users:Attributes", attribute, ColumnRole.Text, mayLack: true);
                return columns;
            })
            is not { } opened)
        {
            if (attributes is not null && lastAttributes?.Of([.. Enumerable.Range(0, users.Count)], attributes.Columns) is { } kept)
                foreach (string column in attributes.Columns) kept[column].CopyTo(attributes[column], 0);
            last!.AsSpan(0, Math.Min(last!.Length, segments.Length)).CopyTo(segments);
            return segments;
        }
        foreach (var columns in opened)
        {
            foreach (var batch in columns.Read(context.Cancellation))
            {
                var statuses = new RowStatus[batch.RowCount];
                var rows = new int[batch.RowCount];
                intake.Take(batch.Find(source.Id), statuses, rows);
                var text = batch.Find(source.Segment);
                for (int row = 0; row < batch.RowCount; row++)
                {
                    all++;
                    if (statuses[row] != RowStatus.Kept)
                    {
                        unusable++;
                        quarantine.AddTableRow("users", batch, row, statuses[row], source.Id!, show: false);
                        continue;
                    }
                    int user = users.Find(ids[rows[row]]);
                    if (user >= 0 && attributes is not null)
                        foreach (string column in attributes.Columns) attributes[column][user] = CellText.Shown(batch.Find(column), row);
                    if (user < 0 || CellText.Shown(text, row) is not { } segment) continue;
                    if (Encoding.UTF8.GetByteCount(segment) > MaxNameBytes) oversized++;
                    else segments[user] = segment;
                }
            }
        }
        if (unusable > 0 && unusable == all)
            throw new RunFailedException($"none of the {all:N0} rows of the user table {source.Path} has a user id in '{source.Id}'; look at Ingest:Users:Id");
        if (unusable > 0)
            context.Progress.Note($"{unusable:N0} of {all:N0} rows of the user table have no usable id and are left out; the quarantine names them");
        if (oversized > 0)
        {
            context.Progress.Note(
                $"{oversized:N0} of {all:N0} rows of the user table have a segment of more than {MaxNameBytes:N0} bytes in '{source.Segment}' and are left "
                + $"out; expected a short name, look at Ingest:Users:Segment");
        }
        return segments;
    }
}
