using System.Text;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Ingest.Reading;

/// <summary>Invoice, basket or session ids as 32-bit hashes: enough to tell the groups of one user, item and second apart.</summary>
internal sealed class GroupColumn(string? returnPrefix)
{
    private readonly byte[] _prefix = Encoding.UTF8.GetBytes(returnPrefix ?? "");

    public void Read(Column column, Span<uint> groups, Span<bool> returns)
    {
        for (int row = 0; row < groups.Length; row++)
        {
            if (column.IsNull(row)) continue;
            switch (column)
            {
                case Utf8Column c:
                    var id = c[row];
                    groups[row] = Hash(id);
                    returns[row] = _prefix.Length > 0 && id.StartsWith(_prefix);
                    break;
                case ValueColumn<int> c:
                    groups[row] = Mix((ulong)c.Values[row]);
                    break;
                case ValueColumn<long> c:
                    groups[row] = Mix((ulong)c.Values[row]);
                    break;
            }
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
