using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Ingest.Reading;
using Recsys.Batch.Pipeline.Ingest.Rules;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Pipeline.Ingest.Tables;

/// <summary>The user table: a segment a known user. A user that no log knows has no index and is left out.</summary>
internal static class SegmentTable
{
    public static string?[] Read(IParquetReader reader, UserSourceOptions source, IngestOptions options, IdMap users, CancellationToken cancellation)
    {
        var files = reader.Expand(source.Path);
        if (files.Count == 0) throw new ConfigurationException($"Ingest:Users:Path is '{source.Path}', which matches no Parquet file; expected the user table");
        int known = users.Count;
        var ids = new IdMap();
        var intake = new IdEncoder(ids, options.MaxIdBytes, RowStatus.NullUser, options.StripDecimalZero);
        var segments = new string?[known];
        foreach (string file in files)
        {
            var columns = new MappedColumns(reader.Inspect(file))
                .Want("Ingest:Users:Id", source.Id, ColumnType.Utf8, ColumnType.Int32, ColumnType.Int64, ColumnType.Double)
                .Want("Ingest:Users:Segment", source.Segment, ColumnType.Utf8);
            foreach (var batch in reader.Read(file, columns.Names, cancellation))
            {
                var statuses = new RowStatus[batch.RowCount];
                var rows = new int[batch.RowCount];
                intake.Take(batch[source.Id!], statuses, rows);
                var text = batch.Column<Utf8Column>(source.Segment!);
                for (int row = 0; row < batch.RowCount; row++)
                {
                    if (statuses[row] != RowStatus.Kept)
                        throw new RunFailedException($"{batch.File}: row {batch.FirstRow + row}: '{source.Id}' is not a user id ({statuses[row].Name()}); every row of the user table needs one");
                    int user = users.Find(ids[rows[row]]);
                    if (user >= 0 && !text.IsNull(row)) segments[user] = Encoding.UTF8.GetString(text[row]).Trim();
                }
            }
        }
        return segments;
    }
}
