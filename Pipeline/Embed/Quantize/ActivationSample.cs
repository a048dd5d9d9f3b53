using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Embed.Quantize;

/// <summary>Some of the rows that an activation takes while texts run, spread evenly over all of them; a row is a token's.</summary>
/// <param name="width">Floats a row.</param>
internal sealed class ActivationSample(int width)
{
    /// <summary>More are thinned to half.</summary>
    private const int MostRows = 2_048;

    private readonly List<float[]> _rows = [];
    private long _seen;
    private long _stride = 1;

    /// <summary>Takes every so many rows of a batch; batches must come in one order.</summary>
    public void Add(ReadOnlySpan<float> values)
    {
        for (int at = 0; at < values.Length; at += width)
        {
            if (_seen++ % _stride != 0) continue;
            if (_rows.Count == MostRows)
            {
                for (int row = 1; 2 * row < MostRows; row++) _rows[row] = _rows[2 * row];
                _rows.RemoveRange(MostRows / 2, MostRows / 2);
                _stride *= 2;
                // The row at hand is the first of the coarser stride.
            }
            _rows.Add(values.Slice(at, width).ToArray());
        }
    }

    public FactorMatrix Rows()
    {
        var rows = new FactorMatrix(_rows.Count, width);
        for (int row = 0; row < _rows.Count; row++) _rows[row].CopyTo(rows.Row(row));
        return rows;
    }
}
