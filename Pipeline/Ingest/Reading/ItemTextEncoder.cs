using System.Text.RegularExpressions;
using System.Text.Unicode;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Ingest.Rules;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Pipeline.Ingest.Reading;

/// <summary>Item texts of a log as indices of an <see cref="IdMap"/>; rows whose text names no product are ruled out.</summary>
internal sealed class ItemTextEncoder(IdMap texts, Regex[] nonProducts)
{
    private const int MaxBytes = 4096;

    private readonly IdMap _ruledOut = new(64);

    /// <summary>No text: neither an index nor a reason against the row.</summary>
    private const int None = -1;

    private const int IsRuledOut = -2;

    private readonly PerText<int> _texts = new();

    public void Read(Column column, Span<RowStatus> statuses, Span<int> indices)
    {
        Span<byte> scratch = stackalloc byte[CellText.MaxLength];
        var coded = column as Utf8Column;
        if (coded?.Dictionary is { } dictionary) _texts.Of(dictionary);
        else coded = null;
        for (int row = 0; row < statuses.Length; row++)
        {
            if (statuses[row] != RowStatus.Kept || CellText.IsNull(column, row)) continue;
            int found = coded is null ? Of(CellText.Of(column, row, scratch))
                : _texts.Has(coded.Codes[row], out int known) ? known
                : _texts.Keep(coded.Codes[row], Of(coded[row]));
            if (found == IsRuledOut) statuses[row] = RowStatus.NonProduct;
            else if (found != None) indices[row] = found;
        }
    }

    private int Of(ReadOnlySpan<byte> cell)
    {
        var text = cell.Trim(" \t\r\n"u8);
        if (text.Length is 0 or > MaxBytes) return None;
        int found = texts.Find(text);
        if (found >= 0) return found;
        if (_ruledOut.Find(text) >= 0) return IsRuledOut;
        // A text that is no text is no reason to lose the event.
        if (!Utf8.IsValid(text)) return None;
        if (!IngestOptions.AnyMatches(nonProducts, text)) return texts.Add(text);
        _ruledOut.Add(text);
        return IsRuledOut;
    }
}
