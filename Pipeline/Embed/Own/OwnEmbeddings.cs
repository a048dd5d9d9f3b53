using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Parquet.Vectors;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Embed.Own;

/// <summary>
/// Reads embeddings that a shop brings: one row an item, aligned with the item index and of unit length. An item without a row, and one whose vector is null or
/// of zeros, has a row of zeros; rows of items that nobody knows are counted and left out.
/// </summary>
internal static class OwnEmbeddings
{
    /// <summary>Identity of every file that <paramref name="own"/> names, by name and number.</summary>
    public static IReadOnlyDictionary<string, string> Fingerprints(IReadOnlyList<OwnOptions> own, IParquetReader reader)
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var options in own)
        {
            int number = 0;
            foreach (string file in reader.Expand(options.Path)) found[$"own {options.Name} {++number:D5}"] = FileFingerprint.Of(file);
        }
        return found;
    }

    /// <summary>All of <c>Embed:Own</c>, in its order; see <see cref="Read"/>.</summary>
    public static ItemView[] ReadAll(IReadOnlyList<OwnOptions> own, IdMap items, IParquetReader reader, StageContext context, bool stripDecimalZero = false) =>
        [.. own.Select((options, i) => Read(options, $"Embed:Own:{i}", items, reader, context, stripDecimalZero))];

    /// <param name="key">The configuration key of <paramref name="options"/>, for messages.</param>
    /// <param name="items">The item index; no id is added.</param>
    /// <param name="stripDecimalZero">Whether <c>25671.0</c> is the id <c>25671</c>, as for the logs.</param>
    /// <exception cref="ConfigurationException">No file, or a column that is missing or cannot hold what it should.</exception>
    /// <exception cref="RunFailedException">
    /// A row without an id, an id that comes twice, a vector of another length or with a value that is not a finite number.
    /// </exception>
    public static ItemView Read(OwnOptions options, string key, IdMap items, IParquetReader reader, StageContext context, bool stripDecimalZero = false)
    {
        var files = reader.Expand(options.Path);
        if (files.Count == 0)
            throw new ConfigurationException($"{key}:Path is '{options.Path}', which matches no Parquet file; expected the embeddings of '{options.Name}'");
        var columns = new VectorColumns($"{key}:Id", options.Id, $"{key}:Column", options.Column, $"{key}:Columns", [.. options.Columns]);
        var intake = new OwnVectorRows(new VectorRows(columns, stripDecimalZero), items);
        foreach (string file in files)
            foreach (var batch in columns.Read(reader, file, context.Cancellation)) intake.Add(batch);
        var table = intake.ToTable();
        context.Progress.Metric($"embed.own.{options.Name}.items", intake.Known);
        context.Progress.Metric($"embed.own.{options.Name}.unknown", intake.Unknown);
        context.Progress.Note(
            $"{options.Name}: {table.Dimension} floats for {intake.Known} of {items.Count} items; {intake.Unknown} rows of items that no log or catalog knows");
        return new ItemView(options.Name, table);
    }
}
