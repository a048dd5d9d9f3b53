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
/// them, and where a few leading columns decide nearly all pairs (<see cref="LeadingColumns"/>), those alone go by; the result is the same, bit for bit.
/// Memory: what is scanned of the items' factors once more (half of it for integers; of leading columns twice), and per thread <see cref="ChunkUsers"/>
/// users' factors, twice, and survivors (<see cref="TopCandidates"/>), and a bit an item.
/// </summary>
internal sealed class FactorSession : IRetrievalSession
{
    private const string Advice = "the model has diverged, train it again with more regularization";

    /// <summary>Floats of user factors (integers: twice as many) that stay in a core's second-level cache while the panels go by.</summary>
    private const int ChunkFloats = 1 << 16;

    /// <summary>By leading columns more candidates of a user are kept, which are not to fill the memory where the columns are few.</summary>
    private const int MostLeadingUsers = 256;

    /// <summary>Panels after which users are put together with those who will be done at about the same panel.</summary>
    private const int PanelsBeforeSorting = 40;

    /// <summary>Panels between two looks at whether a tile is done.</summary>
    private const int PanelsBetweenLooks = 8;

    private readonly IFactorRows _users;
    private readonly FactorMatrix _items;
    private readonly LeadingColumns? _leading;
    private readonly FactorMatrix _scanned;
    private readonly RetrievalRequest _request;
    private readonly NormOrder _order;
    private readonly ItemPanels? _panels;
    private readonly QuantizedPanels? _quantized;
    private readonly RetrievalMask _mask;
    private readonly double _longestItem;
    private readonly ConcurrentBag<Scratch> _idle = [];

    /// <param name="users">users x K; rows are asked for chunk by chunk.</param>
    /// <param name="items">items x K.</param>
    public FactorSession(IFactorRows users, FactorMatrix items, RetrievalRequest request)
        : this(users, items, request, Vector512.IsHardwareAccelerated && Avx512BW.IsSupported)
    {
    }

    /// <param name="leading">The basis that factors are cut to; null: what pays on the request's users.</param>
    internal FactorSession(IFactorRows users, FactorMatrix items, RetrievalRequest request, bool quantize, FactorMatrix? leading = null)
    {
        (_users, _items, _request) = (users, items, request);
        double[] norms = Norms(items);
        int diverged = Array.FindIndex(norms, n => !double.IsFinite(n));
        if (diverged >= 0) throw new RunFailedException($"the factors of item index {diverged} are not finite; {Advice}");
        _longestItem = norms.DefaultIfEmpty().Max();
        _leading = leading is null ? LeadingColumns.Of(users, items, request) : LeadingColumns.Of(leading, items);
        _scanned = _leading?.Items ?? items;
        if (_leading is not null) norms = Norms(_scanned);
        _order = new NormOrder(norms, request.Allowed);
        if (quantize && QuantizedPanels.Suits(norms.DefaultIfEmpty().Max())) _quantized = new QuantizedPanels(_scanned, _order);
        else _panels = new ItemPanels(_scanned, _order);
        _mask = RetrievalMask.Of(request, items.Rows);
        ChunkUsers = Math.Clamp(ChunkFloats / _scanned.Rank * (_quantized is null ? 1 : 2), 32, _leading is null ? CandidateBlock.MaxUsers : MostLeadingUsers);
    }

    public int ChunkUsers { get; }

    public CandidateBlock Retrieve(int[] users)
    {
        ExactRetriever.CheckUsers(users, _users.Rows);
        var result = new CandidateBlock(users, _request.Depth);
        if (!_idle.TryTake(out var scratch)) scratch = new Scratch(this);
        for (int first = 0; first < users.Length; first += ChunkUsers)
        {
            var chunk = users[first..Math.Min(users.Length, first + ChunkUsers)];
            scratch.TopCandidates.Start(chunk);
            Read(chunk, scratch);
            int count = 0;
            for (int u = 0; u < chunk.Length; u++)
                if (scratch.Users.Norms[u] > 0) scratch.Slots[count++] = u;
            while (count > 0)
            {
                Rank(count, scratch);
                int unsettled = 0;
                for (int at = 0; at < count; at++)
                    if (!scratch.TopCandidates.Settle(scratch.Slots[at])) scratch.Slots[unsettled++] = scratch.Slots[at];
                count = unsettled;
            }
            for (int u = 0; u < chunk.Length; u++)
            {
                if (scratch.Users.Norms[u] == 0) FirstAllowed(chunk[u], scratch.Mask, result, first + u);
                else scratch.TopCandidates.Finish(u, result, first + u);
            }
        }
        _idle.Add(scratch);
        return result;
    }

    private static double[] Norms(FactorMatrix rows) => [.. Enumerable.Range(0, rows.Rows).Select(i => NormOrder.Norm(rows.Row(i)))];

    private void Read(int[] users, Scratch scratch)
    {
        var to = scratch.Users;
        for (int u = 0; u < users.Length; u++)
        {
            _users.Write(users[u], to.Row(u));
            double norm = NormOrder.Norm(to.Row(u));
            if (!double.IsFinite(norm)) throw new RunFailedException($"the factors of user index {users[u]} are not finite; {Advice}");
            if (norm * _longestItem > float.MaxValue / 4)
                throw new RunFailedException($"factors of norm {norm:g3} (user index {users[u]}) and {_longestItem:g3} (items) overflow float32; {Advice}");
            to.Norms[u] = norm == 0 ? 0 : MathF.BitIncrement((float)norm);
        }
        if (_leading is null) return;
        _leading.Write(to, users.Length, scratch.Scanned);
    }

    /// <summary>All items go by the users of the first <paramref name="count"/> slots.</summary>
    private void Rank(int count, Scratch scratch)
    {
        if (_order.Panels == 0) return;
        var slots = scratch.Slots.AsSpan(0, count);
        var scan = scratch.Scan;
        scan.Pack(slots, 0);
        int sortAt = Math.Min(_order.Panels, PanelsBeforeSorting);
        for (int panel = 0; panel < sortAt; panel++)
            for (int tile = 0; tile < scan.Count; tile++) scan.Score(tile, panel);
        if (sortAt == _order.Panels) return;

        for (int at = 0; at < count; at++)
        {
            scratch.TopCandidates.Cut(slots[at]);
            scratch.Needed[at] = NormNeeded(slots[at], scratch);
        }
        scratch.Needed.AsSpan(0, count).Sort(slots);
        scan.Pack(slots, sortAt);
        // Slots are now by ascending norm that they still need, so the tiles that are done first stand at the end.
        int active = scan.Count;
        for (int panel = sortAt; panel < _order.Panels && active > 0; panel++)
        {
            if ((panel - sortAt) % PanelsBetweenLooks == 0)
                while (active > 0 && Done(active - 1, scratch, _order.Norm(panel))) active--;
            for (int tile = 0; tile < active; tile++) scan.Score(tile, panel);
        }
    }

    private bool Done(int tile, Scratch scratch, float norm)
    {
        foreach (int slot in scratch.Scan.Slots(tile))
            if (slot >= 0 && NormNeeded(slot, scratch) <= norm) return false;
        return true;
    }

    /// <summary>Items of a smaller norm cannot reach the slot's threshold, rounding included.</summary>
    private float NormNeeded(int slot, Scratch scratch)
    {
        float threshold = scratch.TopCandidates.Thresholds[slot];
        // The chain of K roundings errs by at most K 2^-24 / (1 - K 2^-24) of the product of the norms; twice that and more is left for the norms' own
        // rounding.
        float slack = 1 + (_scanned.Rank + 8) * 1.5e-7f;
        return threshold > 1e-30f ? threshold / (scratch.Scanned.Norms[slot] * slack) : 0;
    }

    /// <summary>Of a user without factors every item's score is 0, so the order is that of the items.</summary>
    private void FirstAllowed(int user, RetrievalMask mask, CandidateBlock to, int at)
    {
        mask.TurnTo(user);
        int count = 0;
        for (int item = 0; item < _items.Rows && count < to.Depth; item++)
            if (!mask.RulesOut(item)) to.Items[at * to.Depth + count++] = item;
        to.Counts[at] = count;
    }

    private sealed class Scratch
    {
        public Scratch(FactorSession session)
        {
            int users = session.ChunkUsers;
            Users = new ChunkRows(users, session._items.Rank);
            Scanned = session._leading is null ? Users : new ChunkRows(users, session._scanned.Rank);
            var exact = session._quantized is null && session._leading is null ? null : new ExactScores(Users, session._items);
            Mask = session._mask.ForAnotherThread();
            TopCandidates = new TopCandidates(users, session._request.Depth, session._mask.ForAnotherThread(), exact, session._leading is not null);
            Scan = session._quantized is { } quantized
                ? new QuantizedScan(Scanned, quantized, session._order, TopCandidates)
                : new FactorScan(Scanned, session._panels!, session._order, TopCandidates);
            Slots = new int[users];
            Needed = new float[users];
        }

        public ChunkRows Users { get; }

        /// <summary>What the scan multiplies: the users' factors, or their leading columns.</summary>
        public ChunkRows Scanned { get; }

        public RetrievalMask Mask { get; }

        public TopCandidates TopCandidates { get; }

        public TileScan Scan { get; }

        public int[] Slots { get; }

        public float[] Needed { get; }
    }
}
