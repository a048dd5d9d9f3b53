using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Ingest.Reading;
using Recsys.Batch.Pipeline.Ingest.Rules;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Places.QueryResults;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>
/// Reads the log of searches. It is read whole each time and nothing of it is kept. Only rows of users whom the event logs know count: who asked to be
/// forgotten is none of them.
/// </summary>
internal sealed class QueryLogReader(QueryResultsOptions options, IngestOptions ingest, IParquetReader reader)
{
    private const string Section = "Places:QueryResults:";

    /// <summary>Longest text that is a query, in characters.</summary>
    private const int MaxLength = 200;

    private readonly ConfiguredFiles _files = new(reader, options.Path, Section + "Path", "the log of searches");

    /// <summary>The files with their fingerprints; empty where no log is configured.</summary>
    public IEnumerable<KeyValuePair<string, string>> Sources() => _files.Sources("queries");

    /// <param name="users">Whose searches count.</param>
    /// <returns>Null where no log is configured.</returns>
    /// <exception cref="ConfigurationException">No file, or a column that is missing or of the wrong type.</exception>
    public QueryLog? Read(IdMap users, StageContext context)
    {
        if (!_files.Any) return null;
        var infos = _files.All().Select(reader.Inspect).ToList();
        var ids = new IdMap();
        var intake = new IdEncoder(ids, ingest.MaxIdBytes, RowStatus.NullUser, ingest.StripDecimalZero);
        var rows = new List<(int User, uint Second, string Query)>();
        var spelled = new Dictionary<string, string>(StringComparer.Ordinal);
        long all = 0, unusable = 0;
        foreach (var info in infos)
        {
            var columns = new MappedColumns(reader, info)
                .Want(Section + "Columns:User", options.Columns.User, ColumnRole.Id)
                .Want(Section + "Columns:Query", options.Columns.Query, ColumnRole.Text)
                .Want(Section + "Columns:Time", options.Columns.Time, ColumnRole.Time);
            foreach (var batch in columns.Read(context.Cancellation))
            {
                var (statuses, indices, seconds) = (new RowStatus[batch.RowCount], new int[batch.RowCount], new uint[batch.RowCount]);
                intake.Take(batch.Find(options.Columns.User), statuses, indices);
                TimeColumn.Read(batch.Find(options.Columns.Time), options.EpochUnit, statuses, seconds);
                var texts = batch.Find(options.Columns.Query);
                for (int row = 0; row < batch.RowCount; row++)
                {
                    all++;
                    if (statuses[row] != RowStatus.Kept || CellText.Shown(texts, row) is not { Length: > 0 and <= MaxLength } text)
                    {
                        unusable++;
                        continue;
                    }
                    int user = users.Find(ids[indices[row]]);
                    if (user < 0) continue;
                    // One string for all rows of a text.
                    if (!spelled.TryGetValue(text, out string? known)) spelled[text] = known = text;
                    rows.Add((user, seconds[row], known));
                }
            }
        }
        if (unusable > 0)
        {
            context.Progress.Note(
                $"{unusable:N0} of {all:N0} searches have no usable customer, text (1 to {MaxLength} characters) or time and are left out; "
                + $"look at {Section}Columns");
        }
        return QueryLog.Of(rows);
    }
}
