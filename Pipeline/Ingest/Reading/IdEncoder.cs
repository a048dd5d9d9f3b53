using System.Buffers.Text;
using System.Text.Unicode;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Ingest.Rules;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Pipeline.Ingest.Reading;

/// <summary>
/// Turns a column of external ids, strings or whole numbers, into dense indices of an <see cref="IdMap"/>. A number has the id of its
/// decimal digits, so a log that changes from int32 to strings keeps its ids.
/// </summary>
/// <param name="whenNull">Status of a row whose id is null or empty.</param>
/// <param name="stripDecimalZero">Whether <c>25671.0</c> is the id <c>25671</c>.</param>
/// <param name="ruledOut">Asked once for each id that is new; true is <paramref name="whenRuledOut"/>.</param>
/// <param name="judgesKnown">Whether the ids of earlier nights are asked about again.</param>
internal sealed class IdEncoder(
    IdMap ids, int maxBytes, RowStatus whenNull, bool stripDecimalZero = false, Func<ReadOnlySpan<byte>, bool>? ruledOut = null,
    RowStatus whenRuledOut = RowStatus.NonProduct, bool judgesKnown = true)
{
    private const int MaxCachedNumber = 1 << 24;

    /// <summary>What is said of an id that would be new, while ids are only asked about.</summary>
    private const int New = int.MaxValue;

    private readonly IdMap _ruledOut = new(64);

    private readonly PerText<int> _texts = new();

    // Off while ids are only asked about.
    private bool _adds = true;

    // Ids of earlier nights: the patterns may have changed since.
    private readonly bool[] _knownRuledOut = judgesKnown ? Judge(ids, ruledOut) : [];

    // By small number: 0 unknown, index + 1, or minus the status.
    private int[] _numbers = new int[1024];

    /// <summary>
    /// Gives every row whose status is still <see cref="RowStatus.Kept"/> its index; a row without a usable id gets the status that says why.
    /// </summary>
    /// <param name="column">Null: no row has an id.</param>
    public void Take(Column? column, Span<RowStatus> statuses, Span<int> indices)
    {
        switch (column)
        {
            case null:
                foreach (ref var status in statuses)
                    if (status == RowStatus.Kept) status = whenNull;
                break;
            case Utf8Column { Dictionary: { } dictionary } text:
                TakeCodes(text, dictionary, statuses, indices);
                break;
            case Utf8Column text:
                TakeText(text, statuses, indices);
                break;
            case ValueColumn<int> numbers:
                for (int row = 0; row < statuses.Length; row++)
                    if (statuses[row] == RowStatus.Kept)
                        Put(column.IsNull(row) ? -(int)whenNull : OfNumber(numbers.Values[row]), ref statuses[row], ref indices[row]);
                break;
            case ValueColumn<long> numbers:
                for (int row = 0; row < statuses.Length; row++)
                    if (statuses[row] == RowStatus.Kept)
                        Put(column.IsNull(row) ? -(int)whenNull : OfNumber(numbers.Values[row]), ref statuses[row], ref indices[row]);
                break;
            case ValueColumn<double> numbers:
                for (int row = 0; row < statuses.Length; row++)
                    if (statuses[row] == RowStatus.Kept)
                        Put(column.IsNull(row) ? -(int)whenNull : OfNumber(numbers.Values[row]), ref statuses[row], ref indices[row]);
                break;
            default:
                throw new InvalidOperationException($"column '{column.Field.Name}' of type {column.Field.Type} cannot hold ids");
        }
    }

    /// <summary>
    /// Gives the rows whose id is ruled out their status, and all others nothing: neither index nor status. What is read of a row before its id leaves no trace
    /// of it then.
    /// </summary>
    /// <param name="scratch">Is overwritten.</param>
    public void RuleOut(Column? column, Span<RowStatus> statuses, Span<int> scratch)
    {
        if (ruledOut is null || column is null) return;
        _adds = false;
        Take(column, statuses, scratch);
        _adds = true;
    }

    private void TakeCodes(Utf8Column column, TextDictionary dictionary, Span<RowStatus> statuses, Span<int> indices)
    {
        _texts.Of(dictionary);
        var codes = column.Codes;
        for (int row = 0; row < statuses.Length; row++)
        {
            if (statuses[row] != RowStatus.Kept) continue;
            int code = codes[row], found = -(int)whenNull;
            if (code >= 0 && !_texts.Has(code, out found))
            {
                found = OfCell(dictionary[code]);
                if (found != New) _texts.Keep(code, found);
            }
            Put(found, ref statuses[row], ref indices[row]);
        }
    }

    private void TakeText(Utf8Column column, Span<RowStatus> statuses, Span<int> indices)
    {
        var offsets = column.Offsets;
        var bytes = column.Bytes;
        ReadOnlySpan<byte> last = default;
        int lastIndex = -(int)whenNull;
        for (int row = 0; row < statuses.Length; row++)
        {
            if (statuses[row] != RowStatus.Kept) continue;
            var id = bytes[offsets[row]..offsets[row + 1]];
            // Digits behind the point of a decimal are no part of an id, and zeros there are not among the digits.
            if (column.Field.IsDigits && id.Contains((byte)'.'))
            {
                Put(-(int)RowStatus.UnreadableId, ref statuses[row], ref indices[row]);
                continue;
            }
            // Logs come sorted by user or basket more often than not.
            if (!id.SequenceEqual(last))
            {
                lastIndex = OfCell(id);
                last = id;
            }
            Put(lastIndex, ref statuses[row], ref indices[row]);
        }
    }

    private void Put(int found, ref RowStatus status, ref int index)
    {
        if (found == New) return;
        if (found >= 0) index = found;
        else if (_adds || found == -(int)whenRuledOut) status = (RowStatus)(-found);
    }

    private int OfCell(ReadOnlySpan<byte> id) => OfText(stripDecimalZero && id.EndsWith(".0"u8) ? id[..^2] : id);

    private int OfNumber(double value) => CellText.IsWhole(value, out long whole) ? OfNumber(whole) : -(int)RowStatus.UnreadableId;

    private int OfNumber(long value)
    {
        if ((ulong)value >= MaxCachedNumber) return OfDigits(value);
        if (value >= _numbers.Length) Array.Resize(ref _numbers, (int)Math.Min(MaxCachedNumber, Math.Max(value + 1, _numbers.Length * 2L)));
        ref int known = ref _numbers[value];
        if (known == 0)
        {
            int found = OfDigits(value);
            if (found == New) return found;
            known = found >= 0 ? found + 1 : found;
        }
        return known > 0 ? known - 1 : known;
    }

    private int OfDigits(long value)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(value, digits, out int length);
        return OfText(digits[..length]);
    }

    private int OfText(ReadOnlySpan<byte> id)
    {
        int found = ids.Find(id);
        if (found >= 0) return found < _knownRuledOut.Length && _knownRuledOut[found] ? -(int)whenRuledOut : found;
        if (id.Trim((byte)' ').IsEmpty) return -(int)whenNull;
        if (id.Length > maxBytes) return -(int)RowStatus.OversizedId;
        if (!Utf8.IsValid(id)) return -(int)RowStatus.InvalidUtf8;
        if (ruledOut is null) return ids.Add(id);
        if (_ruledOut.Find(id) >= 0) return -(int)whenRuledOut;
        if (!ruledOut(id)) return _adds ? ids.Add(id) : New;
        _ruledOut.Add(id);
        return -(int)whenRuledOut;
    }

    private static bool[] Judge(IdMap ids, Func<ReadOnlySpan<byte>, bool>? ruledOut)
    {
        if (ruledOut is null) return [];
        var judged = new bool[ids.Count];
        for (int i = 0; i < judged.Length; i++) judged[i] = ruledOut(ids[i]);
        return judged;
    }
}
