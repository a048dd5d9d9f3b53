using System.Numerics;
using System.Runtime.Intrinsics;

namespace Recsys.Batch.Pipeline.Retrieve;

/// <summary>Tiles in float32: a score is one chain of fused multiply-adds over the factors in order, whatever the tile or register width.</summary>
internal sealed unsafe class FactorScan : TileScan
{
    private readonly ChunkRows _users;
    private readonly ItemPanels _panels;
    private readonly NormOrder _order;
    private readonly AlignedFloats _values;
    private readonly AlignedFloats _thresholds;
    private readonly AlignedFloats _scores;

    public FactorScan(ChunkRows users, ItemPanels panels, NormOrder order, TopCandidates survivors)
        : base(TileRows, users.Slots, survivors)
    {
        _users = users;
        _panels = panels;
        _order = order;
        int padded = (users.Slots + TileRows - 1) / TileRows * TileRows;
        _values = new AlignedFloats((long)padded * users.Rank);
        _thresholds = new AlignedFloats(padded);
        _scores = new AlignedFloats(TileRows * ItemPanels.Width);
    }

    private static int TileRows => Vector512.IsHardwareAccelerated ? InnerProductTile512.Rows : InnerProductTile256.Rows;

    protected override void PackRow(int tile, int row, int slot, int panel)
    {
        float* to = _values.Pointer + (long)tile * Rows * _users.Rank + row;
        _thresholds.Pointer[tile * Rows + row] = slot < 0 ? float.PositiveInfinity : TopCandidates.Thresholds[slot];
        float* from = slot < 0 ? null : _users.Pointer(slot);
        for (int k = 0; k < _users.Rank; k++) to[k * Rows] = slot < 0 ? 0 : from[k];
    }

    public override void Score(int tile, int panel)
    {
        float* users = _values.Pointer + (long)tile * Rows * _users.Rank;
        float* thresholds = _thresholds.Pointer + tile * Rows;
        float* scores = _scores.Pointer;
        uint rows = Vector512.IsHardwareAccelerated
            ? InnerProductTile512.Run(users, _panels.Panel(panel), _users.Rank, thresholds, scores)
            : InnerProductTile256.Run(users, _panels.Panel(panel), _users.Rank, thresholds, scores);
        if (rows == 0) return;
        var slots = Slots(tile);
        int* items = _order.ItemsOf(panel);
        for (; rows != 0; rows &= rows - 1)
        {
            int row = BitOperations.TrailingZeroCount(rows);
            TopCandidates.Add(slots[row], scores + row * ItemPanels.Width, items, ItemPanels.Width);
            thresholds[row] = TopCandidates.Thresholds[slots[row]];
        }
    }
}
