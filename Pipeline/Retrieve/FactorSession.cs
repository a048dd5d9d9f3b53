using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Retrieve;

/// <summary>
/// Top-M of inner products, fused: scores are compared with their user's threshold where they are computed, and most never leave the registers. Items go by in order
/// of descending norm, and a tile of users is done when no item to come can reach any of its thresholds: |score| is at most the product of the norms
/// (Cauchy-Schwarz) plus rounding. A score is one chain of fused multiply-adds over the factors in order, whatever the block, tile or register width.
/// Memory: the items' factors once more, and per thread <see cref="ChunkUsers"/> users' factors and survivors and a bit an item.
/// </summary>
internal sealed unsafe class FactorSession : IRetrievalSession
{
    /// <summary>Floats of user factors that stay in a core's second-level cache while the panels go by.</summary>
    private const int ChunkFloats = 1 << 16;

    /// <summary>Panels after which users are put together with those who will be done at about the same panel.</summary>
    private const int PanelsBeforeSorting = 40;

    /// <summary>Panels between two looks at whether a tile is done.</summary>
    private const int PanelsBetweenLooks = 8;

    private readonly FactorModel _model;
    private readonly RetrievalRequest _request;
    private readonly ItemPanels _panels;
    private readonly RetrievalMask _mask;
    private readonly float[] _userNorms;
    private readonly ConcurrentBag<Scratch> _idle = [];

    public FactorSession(FactorModel model, RetrievalRequest request)
    {
        _model = model;
        _request = request;
        _panels = new ItemPanels(model.Items, request.Allowed);
        _mask = RetrievalMask.Of(request, model.Items.Rows);
        var norms = ItemPanels.Norms(model.Users);
        _userNorms = Array.ConvertAll(norms, n => (float)n);
        CheckFinite(model, norms, ItemPanels.Norms(model.Items));
        ChunkUsers = Math.Clamp(ChunkFloats / model.Rank / UserTiles.Rows, 2, CandidateBlock.MaxUsers / UserTiles.Rows) * UserTiles.Rows;
    }

    public int ChunkUsers { get; }

    public CandidateBlock Retrieve(int[] users)
    {
        ExactRetriever.CheckUsers(users, _model.Users.Rows);
        var result = new CandidateBlock(users, _request.Depth);
        if (!_idle.TryTake(out var scratch)) scratch = new Scratch(this);
        for (int first = 0; first < users.Length; first += ChunkUsers)
        {
            var chunk = users[first..Math.Min(users.Length, first + ChunkUsers)];
            scratch.Survivors.Start(chunk);
            Rank(chunk, scratch);
            for (int u = 0; u < chunk.Length; u++)
            {
                if (_userNorms[chunk[u]] == 0) FirstAllowed(chunk[u], scratch.Mask, result, first + u);
                else scratch.Survivors.Finish(u, result, first + u);
            }
        }
        _idle.Add(scratch);
        return result;
    }

    private void Rank(int[] users, Scratch scratch)
    {
        int count = 0;
        for (int u = 0; u < users.Length; u++)
            if (_userNorms[users[u]] > 0) scratch.Slots[count++] = u;
        var slots = scratch.Slots.AsSpan(0, count);
        scratch.Tiles.Pack(slots, users, scratch.Survivors.Thresholds);
        int sortAt = Math.Min(_panels.Count, PanelsBeforeSorting);
        for (int panel = 0; panel < sortAt; panel++)
            for (int tile = 0; tile < scratch.Tiles.Count; tile++) Score(tile, panel, scratch);
        if (sortAt == _panels.Count) return;

        for (int at = 0; at < count; at++) scratch.Reach[at] = NormNeeded(slots[at], users, scratch.Survivors);
        scratch.Reach.AsSpan(0, count).Sort(slots);
        scratch.Tiles.Pack(slots, users, scratch.Survivors.Thresholds);
        // Slots are now by ascending norm that they still need, so the tiles that are done first stand at the end.
        int active = scratch.Tiles.Count;
        for (int panel = sortAt; panel < _panels.Count && active > 0; panel++)
        {
            if ((panel - sortAt) % PanelsBetweenLooks == 0)
                while (active > 0 && Done(active - 1, users, scratch, _panels.Norm(panel))) active--;
            for (int tile = 0; tile < active; tile++) Score(tile, panel, scratch);
        }
    }

    private bool Done(int tile, int[] users, Scratch scratch, float norm)
    {
        foreach (int slot in scratch.Tiles.Slots(tile))
            if (slot >= 0 && NormNeeded(slot, users, scratch.Survivors) <= norm) return false;
        return true;
    }

    /// <summary>Items of a smaller norm cannot reach the slot's threshold, rounding included.</summary>
    private float NormNeeded(int slot, int[] users, Survivors survivors)
    {
        float threshold = survivors.Thresholds[slot];
        // The chain of K roundings errs by at most K 2^-24 / (1 - K 2^-24) of the product of the norms; twice that and more is left for the norms' own rounding.
        float slack = 1 + (_model.Rank + 8) * 1.5e-7f;
        return threshold > 1e-30f ? threshold / (_userNorms[users[slot]] * slack) : 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Score(int tile, int panel, Scratch scratch)
    {
        float* thresholds = scratch.Tiles.Thresholds(tile);
        float* scores = scratch.Scores.Pointer;
        uint rows = Vector512.IsHardwareAccelerated
            ? InnerProductTile512.Run(scratch.Tiles.Tile(tile), _panels.Panel(panel), _model.Rank, thresholds, scores)
            : InnerProductTile256.Run(scratch.Tiles.Tile(tile), _panels.Panel(panel), _model.Rank, thresholds, scores);
        if (rows == 0) return;
        var slots = scratch.Tiles.Slots(tile);
        int* items = _panels.ItemsOf(panel);
        var survivors = scratch.Survivors;
        for (; rows != 0; rows &= rows - 1)
        {
            int row = BitOperations.TrailingZeroCount(rows);
            int slot = slots[row];
            float* from = scores + row * ItemPanels.Width;
            if (Vector512.IsHardwareAccelerated)
            {
                survivors.Add(slot, Vector512.Load(from), Vector512.Load(items));
                survivors.Add(slot, Vector512.Load(from + 16), Vector512.Load(items + 16));
            }
            else
            {
                for (int i = 0; i < ItemPanels.Width; i++) survivors.Add(slot, from[i], items[i]);
            }
            thresholds[row] = survivors.Thresholds[slot];
        }
    }

    /// <summary>Of a user without factors every item's score is 0, so the order is that of the items.</summary>
    private void FirstAllowed(int user, RetrievalMask mask, CandidateBlock to, int at)
    {
        mask.TurnTo(user);
        int count = 0;
        for (int item = 0; item < _model.Items.Rows && count < to.Depth; item++)
            if (!mask.RulesOut(item)) to.Items[at * to.Depth + count++] = item;
        to.Counts[at] = count;
    }

    private static void CheckFinite(FactorModel model, double[] userNorms, double[] itemNorms)
    {
        int user = Array.FindIndex(userNorms, n => !double.IsFinite(n));
        int item = Array.FindIndex(itemNorms, n => !double.IsFinite(n));
        if (user >= 0) throw new RunFailedException($"the factors of user index {user} are not finite; the model has diverged, train it again with more regularization");
        if (item >= 0) throw new RunFailedException($"the factors of item index {item} are not finite; the model has diverged, train it again with more regularization");
        double greatest = userNorms.DefaultIfEmpty().Max() * itemNorms.DefaultIfEmpty().Max();
        if (greatest > float.MaxValue / 4)
            throw new RunFailedException($"factors of norm {userNorms.Max():g3} (users) and {itemNorms.Max():g3} (items) overflow float32; the model has diverged, train it again with more regularization");
    }

    private sealed class Scratch(FactorSession session)
    {
        public RetrievalMask Mask { get; } = session._mask.ForAnotherThread();

        public Survivors Survivors { get; } = new(session.ChunkUsers, session._request.Depth, session._mask.ForAnotherThread());

        public UserTiles Tiles { get; } = new(session._model.Users, session.ChunkUsers);

        public AlignedFloats Scores { get; } = new(UserTiles.Rows * ItemPanels.Width);

        public int[] Slots { get; } = new int[session.ChunkUsers];

        public float[] Reach { get; } = new float[session.ChunkUsers];
    }
}
