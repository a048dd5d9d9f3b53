using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Ingest.Rules;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Pipeline.Ingest.Reading;

/// <summary>Raw kinds (text, a number, a boolean) to <see cref="EventKind"/> by the source's map; each raw value is looked up once.</summary>
internal sealed class KindColumn(EventSourceOptions source)
{
    private readonly IdMap _raw = new(16);
    private readonly List<EventKind?> _kinds = [];
    private readonly PerText<EventKind?> _texts = new();

    // Blanks around a kind and its case tell nothing apart, unless the map says so.
    private readonly Dictionary<string, string> _trimmed =
        source.KindMap.GroupBy(k => k.Key.Trim(), StringComparer.OrdinalIgnoreCase)
            .ToDictionary(k => k.Key, k => k.First().Value, StringComparer.OrdinalIgnoreCase);

    private readonly EventKind _default = EventKinds.TryParse(source.DefaultKind, out var kind) ? kind : EventKind.Purchase;

    /// <param name="isMapped">Whether the log has a kind column; false: all rows are of its default kind.</param>
    /// <param name="column">Null where it is mapped: no row of the file has a kind.</param>
    public void Read(bool isMapped, Column? column, Span<RowStatus> statuses, Span<EventKind> kinds)
    {
        if (!isMapped)
        {
            kinds.Fill(_default);
            return;
        }
        Span<byte> scratch = stackalloc byte[CellText.MaxLength];
        var text = column as Utf8Column;
        if (text?.Dictionary is { } dictionary) _texts.Of(dictionary);
        for (int row = 0; row < statuses.Length; row++)
        {
            if (statuses[row] != RowStatus.Kept) continue;
            EventKind? found = column is null || CellText.IsNull(column, row) ? null
                : text?.Dictionary is not null ? OfCode(text, row)
                : Of(CellText.Of(column, row, scratch));
            if (found is { } is_) kinds[row] = is_;
            else statuses[row] = RowStatus.UnknownKind;
        }
    }

    private EventKind? OfCode(Utf8Column text, int row)
    {
        int code = text.Codes[row];
        return _texts.Has(code, out var found) ? found : _texts.Keep(code, Of(text[row]));
    }

    private EventKind? Of(ReadOnlySpan<byte> raw)
    {
        int at = _raw.Find(raw);
        if (at >= 0) return _kinds[at];
        string text = Encoding.UTF8.GetString(raw);
        // The map adds names; what it does not name keeps its standard name.
        string name = source.KindMap.GetValueOrDefault(text) ?? _trimmed.GetValueOrDefault(text.Trim(), text.Trim());
        EventKind? found = EventKinds.TryParse(name, out var parsed) ? parsed : null;
        // A log with a free-text kind must not fill the memory with it.
        if (_raw.Count < 4096)
        {
            _raw.Add(raw);
            _kinds.Add(found);
        }
        return found;
    }
}
