using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Ingest.Tables;

/// <summary>
/// Opens the files of the item or user table. With <see cref="UnreadableFilePolicy.Skip"/> one that cannot be read, or lacks what is mapped, is left out and
/// counted. Where none is left for damaged bytes, what the last night read of the table stands in; a mapping that no file has is a wrong configuration.
/// </summary>
internal sealed class TableFiles(IParquetReader reader, UnreadableFilePolicy policy, StageContext context)
{
    private RecsysException? _first;
    private bool _isDamaged;

    /// <summary>Files that were left out, with their causes.</summary>
    public List<string> Unreadable { get; } = [];

    /// <param name="table">What the table is called in messages.</param>
    /// <param name="map">Asks for the mapped columns.</param>
    /// <returns>The readable files, ready to be read; null where there is none and the last night's table is to stand in.</returns>
    /// <exception cref="RecsysException">A file cannot be read; or none can, and there was no night before or no file has what is mapped.</exception>
    public IReadOnlyList<MappedColumns>? Open(string table, IReadOnlyList<string> files, bool hasLast, Func<MappedColumns, MappedColumns> map)
    {
        (_first, _isDamaged) = (null, false);
        var infos = files.Select(file => Try(table, file, () => reader.Inspect(file))).OfType<ParquetFileInfo>().ToList();
        var opened = new List<MappedColumns>();
        foreach (var info in infos)
        {
            var columns = Try(table, info.File, () => Whole(map(new MappedColumns(reader, info, column => infos.Exists(i => MappedColumns.Has(i, column))))));
            if (columns is null) continue;
            foreach (string lacking in columns.Lacking) context.Progress.Note($"{table}: column '{lacking}' is not in {info.File}; there it is null");
            opened.Add(columns);
        }
        if (opened.Count > 0 || _first is null) return opened;
        if (!hasLast || !_isDamaged) throw _first;
        context.Progress.Note($"{table}: no file of it can be read; what the last night read of it stands in");
        return null;
    }

    // A table of which half was taken would be no table of any day.
    private MappedColumns Whole(MappedColumns columns)
    {
        if (policy == UnreadableFilePolicy.Skip)
            foreach (var _ in columns.Read(context.Cancellation)) context.Cancellation.ThrowIfCancellationRequested();
        return columns;
    }

    private T? Try<T>(string table, string file, Func<T> open) where T : class
    {
        try
        {
            return open();
        }
        catch (RecsysException e) when (policy == UnreadableFilePolicy.Skip && e is (ParquetFileException or ConfigurationException))
        {
            _first ??= e;
            _isDamaged |= e is ParquetFileException;
            string cause = e is ParquetFileException ? e.Message : $"{file}: {e.Message}";
            Unreadable.Add(cause);
            context.Progress.Note($"{table}: left out tonight: {cause}");
            return null;
        }
    }
}
