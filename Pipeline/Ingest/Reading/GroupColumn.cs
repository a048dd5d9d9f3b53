using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Pipeline.Ingest.Reading;

/// <summary>
/// Invoice, basket or session ids as 32-bit hashes: enough to tell the groups of one user, item and second apart. A number has the hash of its digits,
/// so a file that gives them as numbers and one that gives them as text speak of the same orders.
/// </summary>
internal sealed class GroupColumn(string? returnPrefix)
{
    private readonly byte[] _prefix = Encoding.UTF8.GetBytes(returnPrefix ?? "");

    private readonly PerText<(uint Group, bool Returns)> _texts = new();

    public void Read(Column column, Span<uint> groups, Span<bool> returns)
    {
        if (column is Utf8Column { Dictionary: { } dictionary } text)
        {
            Read(text.Codes, dictionary, groups, returns);
            return;
        }
        Span<byte> scratch = stackalloc byte[CellText.MaxLength];
        for (int row = 0; row < groups.Length; row++)
        {
            if (CellText.IsNull(column, row)) continue;
            var id = CellText.Of(column, row, scratch);
            groups[row] = Hash(id);
            if (_prefix.Length > 0) returns[row] = id.StartsWith(_prefix);
        }
    }

    private void Read(ReadOnlySpan<int> codes, TextDictionary dictionary, Span<uint> groups, Span<bool> returns)
    {
        _texts.Of(dictionary);
        for (int row = 0; row < groups.Length; row++)
        {
            int code = codes[row];
            if (code < 0) continue;
            if (!_texts.Has(code, out var found))
                found = _texts.Keep(code, (Hash(dictionary[code]), _prefix.Length > 0 && dictionary[code].StartsWith(_prefix)));
            (groups[row], returns[row]) = found;
        }
    }

    private static uint Hash(ReadOnlySpan<byte> id)
    {
        ulong h = 0xCBF29CE484222325UL;
        foreach (byte b in id) h = (h ^ b) * 0x100000001B3UL;
        return Mix(h);
    }

    // 0 is taken: it means that there is no group.
    private static uint Mix(ulong h)
    {
        h = (h ^ (h >> 30)) * 0xBF58476D1CE4E5B9UL;
        h = (h ^ (h >> 27)) * 0x94D049BB133111EBUL;
        return Math.Max(1u, (uint)(h >> 32));
    }
}
