using System.Numerics;
using System.Runtime.Intrinsics;

namespace Recsys.Batch.Pipeline.Retrieve;

/// <summary>
/// Tiles in 16-bit integers. Sums are close to the scores, with a bound on the difference; what comes within it of its user's threshold is scored
/// again in float32 when its slot is cut, so the candidates and their scores are those of <see cref="FactorScan"/>, bit for bit.
/// </summary>
internal sealed unsafe class QuantizedScan : TileScan
{
    /// <summary>Rows of a tile in one register.</summary>
    private const int RowsPadded = 16;

    private readonly ChunkRows _users;
    private readonly QuantizedPanels _panels;
    private readonly NormOrder _order;
    private readonly double _errorShare;
    private readonly AlignedFloats _values;
    private readonly AlignedFloats _sums;
    private readonly AlignedFloats _bounds;
    private readonly AlignedFloats _thresholds;
    private readonly AlignedFloats _inverseSteps;

    public QuantizedScan(ChunkRows users, QuantizedPanels panels, NormOrder order, TopCandidates survivors)
        : base(QuantizedTile.Rows, users.Slots, survivors)
    {
        _users = users;
        _panels = panels;
        _order = order;
        _errorShare = QuantizedPanels.ErrorShare(users.Rank);
        int tiles = (users.Slots + Rows - 1) / Rows;
        _values = new AlignedFloats((long)tiles * Rows * panels.Pairs);
        _sums = new AlignedFloats(Rows * ItemPanels.Width);
        _bounds = new AlignedFloats(RowsPadded);
        _thresholds = new AlignedFloats(tiles * RowsPadded);
        _inverseSteps = new AlignedFloats(tiles * RowsPadded);
    }

    protected override void PackRow(int tile, int row, int slot, int panel)
    {
        float norm = slot < 0 ? 1 : MathF.Max(_users.Norms[slot], QuantizedPanels.ShortestUser);
        float step = QuantizedPanels.StepOf(norm);
        float* from = slot < 0 ? null : _users.Pointer(slot);
        short* to = (short*)(_values.Pointer + (long)tile * Rows * _panels.Pairs) + row * 2;
        for (int k = 0; k < 2 * _panels.Pairs; k++)
        {
            float value = slot < 0 || k >= _users.Rank ? 0 : from[k];
            to[k / 2 * 2 * Rows + k % 2] = QuantizedPanels.Round(value, step);
        }
        // Items go by in order of falling norm, so what bounds the first panel's error bounds that of all.
        if (slot >= 0 && panel == 0) TopCandidates.SetMargin(slot, (float)(_errorShare * norm * _panels.Norm(panel) * 1.0001));
        _inverseSteps.Pointer[tile * RowsPadded + row] = 1 / step;
        _thresholds.Pointer[tile * RowsPadded + row] = slot < 0 ? float.PositiveInfinity : TopCandidates.Thresholds[slot];
    }

    public override void Score(int tile, int panel)
    {
        float* thresholds = _thresholds.Pointer + tile * RowsPadded;
        float* inverseSteps = _inverseSteps.Pointer + tile * RowsPadded;
        float panelStep = _panels.Step(panel);
        int* bounds = (int*)_bounds.Pointer;
        Bounds(thresholds, inverseSteps, panelStep).Store(bounds);
        int* sums = (int*)_sums.Pointer;
        uint rows = QuantizedTile.Run((int*)(_values.Pointer + (long)tile * Rows * _panels.Pairs), _panels.Panel(panel), _panels.Pairs, bounds, sums);
        if (rows == 0) return;
        var slots = Slots(tile);
        int* items = _order.ItemsOf(panel);
        for (; rows != 0; rows &= rows - 1)
        {
            int row = BitOperations.TrailingZeroCount(rows);
            int* from = sums + row * ItemPanels.Width;
            var step = Vector512.Create(panelStep / inverseSteps[row]);
            TopCandidates.Add(slots[row], Vector512.ConvertToSingle(Vector512.Load(from)) * step, Vector512.Load(items));
            TopCandidates.Add(slots[row], Vector512.ConvertToSingle(Vector512.Load(from + 16)) * step, Vector512.Load(items + 16));
            thresholds[row] = TopCandidates.Thresholds[slots[row]];
        }
    }

    /// <summary>A sum below its row's bound stands for a score below the row's threshold: rounded down, and by more than the products before it err.</summary>
    private static Vector512<int> Bounds(float* thresholds, float* inverseSteps, float panelStep)
    {
        var sums = Vector512.Load(thresholds) * Vector512.Load(inverseSteps) * Vector512.Create(1 / panelStep);
        // No sum of products comes near 2.1e9, and what is done to these ends leaves them within an int.
        sums = Vector512.Min(Vector512.Max(sums, Vector512.Create(-2.1e9f)), Vector512.Create(2.1e9f));
        return Vector512.ConvertToInt32(Vector512.Floor(sums - Vector512.Abs(sums) * 1e-6f)) - Vector512<int>.One;
    }
}
