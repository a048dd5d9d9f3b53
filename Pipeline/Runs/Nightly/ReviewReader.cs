using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Ingest.Reading;
using Recsys.Batch.Pipeline.Ingest.Rules;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Places.Reviews;
using Recsys.Batch.Pipeline.Privacy;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>
/// Reads the table of reviews. It is read whole each time and nothing of it is kept. Rows of authors who asked to be forgotten are left out, be they customers
/// or not.
/// </summary>
/// <param name="suppressed">Users who asked to be forgotten; null where nobody did.</param>
internal sealed class ReviewReader(ReviewsOptions options, IngestOptions ingest, IParquetReader reader, SuppressionList? suppressed)
{
    private const string Section = "Places:Reviews:";

    /// <summary>Characters of a text that are read; the encoder looks at fewer.</summary>
    private const int MaxLength = 4_000;

    private readonly ConfiguredFiles _files = new(reader, options.Path, Section + "Path", "the table of reviews");

    /// <summary>The files with their fingerprints, and who is left out of them; empty where no table is configured.</summary>
    public IEnumerable<KeyValuePair<string, string>> Sources() => suppressed is { Count: > 0 } && _files.Any
        ? _files.Sources("reviews").Append(KeyValuePair.Create(IngestStep.Suppressed, suppressed.Identity()))
        : _files.Sources("reviews");

    /// <param name="items">Whose reviews count.</param>
    /// <returns>Null where no table is configured.</returns>
    /// <exception cref="ConfigurationException">No file, or a column that is missing or of the wrong type.</exception>
    public ReviewLog? Read(IdMap items, StageContext context)
    {
        if (!_files.Any) return null;
        var (itemIds, authorIds) = (new IdMap(), new IdMap());
        var itemIntake = new IdEncoder(itemIds, ingest.MaxIdBytes, RowStatus.NullItem, ingest.StripDecimalZero);
        var authorIntake = new IdEncoder(
            authorIds, ingest.MaxIdBytes, RowStatus.NullUser, ingest.StripDecimalZero, suppressed is { Count: > 0 } ? suppressed.Contains : null,
            RowStatus.Forgotten);
        var rows = new List<Review>();
        var leftOut = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var columns = options.Columns;
        foreach (var info in _files.All().Select(reader.Inspect).ToList())
        {
            var mapped = new MappedColumns(reader, info)
                .Want(Section + "Columns:Item", columns.Item, ColumnRole.Id)
                .Want(Section + "Columns:Author", columns.Author, ColumnRole.Id)
                .Want(Section + "Columns:Time", columns.Time, ColumnRole.Time)
                .Want(Section + "Columns:Rating", columns.Rating, ColumnRole.Number)
                .Want(Section + "Columns:Text", columns.Text, ColumnRole.Text);
            foreach (var batch in mapped.Read(context.Cancellation))
            {
                int count = batch.RowCount;
                var (itemStatuses, authorStatuses, timeStatuses) = (new RowStatus[count], new RowStatus[count], new RowStatus[count]);
                var (itemIndices, authorIndices, seconds, ratings) = (new int[count], new int[count], new uint[count], new float[count]);
                itemIntake.Take(batch.Find(columns.Item), itemStatuses, itemIndices);
                authorIntake.Take(batch.Find(columns.Author), authorStatuses, authorIndices);
                TimeColumn.Read(batch.Find(columns.Time), options.EpochUnit, timeStatuses, seconds);
                NumberColumn.Read(batch.Find(columns.Rating), ratings, float.NaN);
                var texts = batch.Find(columns.Text);
                for (int row = 0; row < count; row++)
                {
                    int item = itemStatuses[row] == RowStatus.Kept ? items.Find(itemIds[itemIndices[row]]) : -1;
                    float rating = float.IsFinite(ratings[row]) ? ratings[row] : float.NaN;
                    string? text = Cut(CellText.Shown(texts, row));
                    string? why = authorStatuses[row] == RowStatus.Forgotten ? "forgotten" : item < 0 ? "unknown_item"
                        : text is null && float.IsNaN(rating) ? "empty" : null;
                    if (why is not null) leftOut[why] = leftOut.GetValueOrDefault(why) + 1;
                    else rows.Add(new Review(item, authorStatuses[row] == RowStatus.Kept ? authorIndices[row] : -1, seconds[row], rating, text));
                }
            }
        }
        return ReviewLog.Of(rows, Ranks(authorIds), leftOut);
    }

    private static string? Cut(string? text) => text is not { Length: > MaxLength } ? text
        : text[..(char.IsHighSurrogate(text[MaxLength - 1]) ? MaxLength - 1 : MaxLength)];

    /// <summary>By index, the place of each id in their ordinal order.</summary>
    private static int[] Ranks(IdMap ids)
    {
        int[] order = [.. Enumerable.Range(0, ids.Count)];
        Array.Sort(order, (a, b) => ids[a].SequenceCompareTo(ids[b]));
        var ranks = new int[ids.Count];
        for (int at = 0; at < order.Length; at++) ranks[order[at]] = at;
        return ranks;
    }
}
