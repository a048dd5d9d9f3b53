using System.Text;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Parquet;

/// <summary>One text for every row of a batch.</summary>
internal sealed class ConstantText(string name, string? value)
{
    private readonly ColumnField _field = new(name, ColumnType.Utf8);
    private readonly byte[] _text = Encoding.UTF8.GetBytes(value ?? "");
    private Utf8Column? _last;

    public Utf8Column Of(int rows)
    {
        if (_last?.Count == rows) return _last;
        var offsets = new int[rows + 1];
        var bytes = new byte[rows * _text.Length];
        for (int row = 0; row < rows; row++)
        {
            _text.CopyTo(bytes, offsets[row]);
            offsets[row + 1] = offsets[row] + _text.Length;
        }
        return _last = new Utf8Column(_field, rows, offsets, bytes, value is null ? new ulong[(rows + 63) / 64] : null);
    }
}
