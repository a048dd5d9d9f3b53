using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Ingest.Rules;

namespace Recsys.Batch.Pipeline.Ingest.Reading;

/// <summary>Raw kinds (text, a number, a boolean) to <see cref="EventKind"/> by the source's map; each raw value is looked up once.</summary>
internal sealed class KindColumn(EventSourceOptions source)
{
    private readonly IdMap _raw = new(16);
    private readonly List<EventKind?> _kinds = [];
    private readonly EventKind _default = EventKinds.TryParse(source.DefaultKind, out var kind) ? kind : EventKind.Purchase;

    public void Read(Column? column, Span<RowStatus> statuses, Span<EventKind> kinds)
    {
        if (column is null)
        {
            kinds.Fill(_default);
            return;
        }
        Span<byte> digits = stackalloc byte[24];
        for (int row = 0; row < statuses.Length; row++)
        {
            if (statuses[row] != RowStatus.Kept) continue;
            EventKind? found = column.IsNull(row) ? null : column switch
            {
                Utf8Column c => Of(c[row]),
                ValueColumn<int> c => Of(Digits(c.Values[row], digits)),
                ValueColumn<long> c => Of(Digits(c.Values[row], digits)),
                ValueColumn<bool> c => Of(c.Values[row] ? "true"u8 : "false"u8),
                _ => throw new InvalidOperationException($"column '{column.Field.Name}' of type {column.Field.Type} cannot hold kinds"),
            };
            if (found is { } is_) kinds[row] = is_;
            else statuses[row] = RowStatus.UnknownKind;
        }
    }

    private EventKind? Of(ReadOnlySpan<byte> raw)
    {
        int at = _raw.Find(raw);
        if (at >= 0) return _kinds[at];
        string text = Encoding.UTF8.GetString(raw);
        string? name = source.KindMap.Count == 0 ? text : source.KindMap.GetValueOrDefault(text);
        EventKind? found = EventKinds.TryParse(name, out var parsed) ? parsed : null;
        // A log with a free-text kind must not fill the memory with it.
        if (_raw.Count < 4096)
        {
            _raw.Add(raw);
            _kinds.Add(found);
        }
        return found;
    }

    private static ReadOnlySpan<byte> Digits(long value, Span<byte> into)
    {
        System.Buffers.Text.Utf8Formatter.TryFormat(value, into, out int length);
        return into[..length];
    }
}
