namespace Recsys.Batch.Pipeline.Embed.Tokenize.Unicode;

/// <summary>A byte for every code point, in blocks of 256 of which equal ones are kept once.</summary>
internal sealed class CodePointBytes
{
    private const int Points = 0x110000;
    private readonly byte[] _blockOf = new byte[Points >> 8];
    private readonly byte[] _values;

    public CodePointBytes(ReadOnlySpan<byte> values)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length, Points);
        var blocks = new List<byte[]>();
        for (int b = 0; b < _blockOf.Length; b++)
        {
            var block = values.Slice(b << 8, 256);
            int known = 0;
            while (known < blocks.Count && !block.SequenceEqual(blocks[known])) known++;
            if (known == blocks.Count) blocks.Add(block.ToArray());
            _blockOf[b] = checked((byte)known);
        }
        _values = [.. blocks.SelectMany(b => b)];
    }

    /// <param name="point">In [0, 0x10FFFF].</param>
    public byte this[int point] => _values[_blockOf[point >> 8] << 8 | point & 255];
}
