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

    public void Read(Column column, Span<RowStatus> statuses, Span<int> indices)
    {
        Span<byte> scratch = stackalloc byte[CellText.MaxLength];
        for (int row = 0; row < statuses.Length; row++)
        {
            if (statuses[row] != RowStatus.Kept || CellText.IsNull(column, row)) continue;
            var text = CellText.Of(column, row, scratch).Trim(" \t\r\n"u8);
            if (text.Length is 0 or > MaxBytes) continue;
            int found = texts.Find(text);
            if (found < 0)
            {
                if (_ruledOut.Find(text) >= 0)
                {
                    statuses[row] = RowStatus.NonProduct;
                    continue;
                }
                // A text that is no text is no reason to lose the event.
                if (!Utf8.IsValid(text)) continue;
                if (IngestOptions.AnyMatches(nonProducts, text))
                {
                    _ruledOut.Add(text);
                    statuses[row] = RowStatus.NonProduct;
                    continue;
                }
                found = texts.Add(text);
            }
            indices[row] = found;
        }
    }
}
