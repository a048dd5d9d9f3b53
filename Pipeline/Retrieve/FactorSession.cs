using System.Collections.Concurrent;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Retrieve;

/// <summary>
/// Top-M of inner products, fused: scores are compared with their user's threshold where they are computed, and most never leave the registers. Items go by in
/// order of descending norm, and a tile of users is done when no item to come can reach any of its thresholds: |score| is at most the product of the norms
/// (Cauchy-Schwarz) plus rounding. Where the processor multiplies 16-bit integers by the register (AVX-512BW), those find the candidates and float32 scores
/// them; the result is the same, bit for bit. Memory: the items' factors once more (half of it for integers), and per thread <see cref="ChunkUsers"/> users'
/// factors and survivors and a bit an item.
/// </summary>
internal sealed class FactorSession : IRetrievalSession
{
    /// <summary>Floats of user factors (integers: twice as many) that stay in a core's second-level cache while the panels go by.</summary>
    private const int ChunkFloats = 1 << 16;

    /// <summary>Panels after which users are put together with those who will be done at about the same panel.</summary>
    private const int PanelsBeforeSorting = 40;

    /// <summary>Panels between two looks at whether a tile is done.</summary>
    private const int PanelsBetweenLooks = 8;

    private readonly FactorModel _model;
    private readonly RetrievalRequest _request;
    private readonly NormOrder _order;
    private readonly ItemPanels? _panels;
    private readonly QuantizedPanels? _quantized;
    private readonly RetrievalMask _mask;
    private readonly float[] _userNorms;
    private readonly ConcurrentBag<Scratch> _idle = [];

    public FactorSession(FactorModel model, RetrievalRequest request)
        : this(model, request, Vector512.IsHardwareAccelerated && Avx512BW.IsSupported)
    {
    }

    internal FactorSession(FactorModel model, RetrievalRequest request, bool quantize)
    {
        _model = model;
        _request = request;
        var userNorms = NormOrder.Norms(model.Users);
        var itemNorms = NormOrder.Norms(model.Items);
        CheckFinite(userNorms, itemNorms);
        _userNorms = Array.ConvertAll(userNorms, n => n == 0 ? 0 : MathF.BitIncrement((float)n));
        _order = new NormOrder(itemNorms, request.Allowed);
        if (quantize && QuantizedPanels.Suits(userNorms.DefaultIfEmpty().Max(), itemNorms.DefaultIfEmpty().Max()))
            _quantized = new QuantizedPanels(model.Items, _order);
        else _panels = new ItemPanels(model.Items, _order);
        _mask = RetrievalMask.Of(request, model.Items.Rows);
        ChunkUsers = Math.Clamp(ChunkFloats / model.Rank * (_quantized is null ? 1 : 2), 32, CandidateBlock.MaxUsers);
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
            scratch.TopCandidates.Start(chunk);
            Rank(chunk, scratch);
            for (int u = 0; u < chunk.Length; u++)
            {
                if (_userNorms[chunk[u]] == 0) FirstAllowed(chunk[u], scratch.Mask, result, first + u);
                else scratch.TopCandidates.Finish(u, result, first + u);
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
        if (count == 0 || _order.Panels == 0) return;
        var slots = scratch.Slots.AsSpan(0, count);
        var scan = scratch.Scan;
        scan.Pack(slots, users, 0);
        int sortAt = Math.Min(_order.Panels, PanelsBeforeSorting);
        for (int panel = 0; panel < sortAt; panel++)
            for (int tile = 0; tile < scan.Count; tile++) scan.Score(tile, panel);
        if (sortAt == _order.Panels) return;

        for (int at = 0; at < count; at++)
        {
            scratch.TopCandidates.Cut(slots[at]);
            scratch.Needed[at] = NormNeeded(slots[at], users, scratch.TopCandidates);
        }
        scratch.Needed.AsSpan(0, count).Sort(slots);
        scan.Pack(slots, users, sortAt);
        // Slots are now by ascending norm that they still need, so the tiles that are done first stand at the end.
        int active = scan.Count;
        for (int panel = sortAt; panel < _order.Panels && active > 0; panel++)
        {
            if ((panel - sortAt) % PanelsBetweenLooks == 0)
                while (active > 0 && Done(active - 1, users, scratch, _order.Norm(panel))) active--;
            for (int tile = 0; tile < active; tile++) scan.Score(tile, panel);
        }
    }

    private bool Done(int tile, int[] users, Scratch scratch, float norm)
    {
        foreach (int slot in scratch.Scan.Slots(tile))
            if (slot >= 0 && NormNeeded(slot, users, scratch.TopCandidates) <= norm) return false;
        return true;
    }

    /// <summary>Items of a smaller norm cannot reach the slot's threshold, rounding included.</summary>
    private float NormNeeded(int slot, int[] users, TopCandidates survivors)
    {
        float threshold = survivors.Thresholds[slot];
        // The chain of K roundings errs by at most K 2^-24 / (1 - K 2^-24) of the product of the norms; twice that and more is left for the norms' own
        // rounding.
        float slack = 1 + (_model.Rank + 8) * 1.5e-7f;
        return threshold > 1e-30f ? threshold / (_userNorms[users[slot]] * slack) : 0;
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

    private static void CheckFinite(double[] userNorms, double[] itemNorms)
    {
        const string advice = "the model has diverged, train it again with more regularization";
        int user = Array.FindIndex(userNorms, n => !double.IsFinite(n));
        int item = Array.FindIndex(itemNorms, n => !double.IsFinite(n));
        if (user >= 0) throw new RunFailedException($"the factors of user index {user} are not finite; {advice}");
        if (item >= 0) throw new RunFailedException($"the factors of item index {item} are not finite; {advice}");
        var (longestUser, longestItem) = (userNorms.DefaultIfEmpty().Max(), itemNorms.DefaultIfEmpty().Max());
        if (longestUser * longestItem > float.MaxValue / 4)
            throw new RunFailedException($"factors of norm {longestUser:g3} (users) and {longestItem:g3} (items) overflow float32; {advice}");
    }

    private sealed class Scratch
    {
        public Scratch(FactorSession session)
        {
            int users = session.ChunkUsers;
            var exact = session._quantized is null ? null : new ExactScores(session._model);
            Mask = session._mask.ForAnotherThread();
            TopCandidates = new TopCandidates(users, session._request.Depth, session._mask.ForAnotherThread(), exact);
            Scan = session._quantized is { } quantized
                ? new QuantizedScan(session._model.Users, session._userNorms, quantized, session._order, users, TopCandidates)
                : new FactorScan(session._model.Users, session._panels!, session._order, users, TopCandidates);
            Slots = new int[users];
            Needed = new float[users];
        }

        public RetrievalMask Mask { get; }

        public TopCandidates TopCandidates { get; }

        public TileScan Scan { get; }

        public int[] Slots { get; }

        public float[] Needed { get; }
    }
}
