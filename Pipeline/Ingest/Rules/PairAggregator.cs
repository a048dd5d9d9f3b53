using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Ingest.Reading;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Ingest.Rules;

/// <summary>Which events make pairs, and how strong.</summary>
/// <param name="Start">First second whose events count.</param>
/// <param name="End">First second that does not; netting looks no further either, so nothing leaks back over a cut.</param>
/// <param name="Reference">Where decay starts, in seconds since 1970.</param>
/// <param name="HalfLifeDays">0: no decay.</param>
/// <param name="Weights">Weight a kind.</param>
/// <param name="ByFirst">Whether a pair's time is that of its first event that counts, instead of the last.</param>
internal sealed record AggregationWindow(ulong Start, ulong End, uint Reference, double HalfLifeDays, float[] Weights, bool ByFirst = false);

/// <summary>
/// Events to interactions: <c>w(u, i) = S(sum over events of weight(kind) * s(pieces left after netting) * 2^(-age / half-life))</c>, with the
/// quantity shape s and the pair shape S of the options. A pair that the user last spoke against (all pieces returned, a rating below the threshold, a hide
/// event) is no interaction but <see cref="InteractionMatrix.Disliked"/>, until something is bought, put into the cart or rated well after it. Where ratings
/// are values, the last one of a pair in the window is kept, whatever else the pair is.
/// </summary>
internal sealed class PairAggregator(EventOrder order, IngestOptions options, int items, StageContext context)
{
    // Decay must not turn a pair that was into one that never was.
    private const double MinWeight = 1e-9;

    private readonly bool _keepsRatings = options.Ratings == RatingUse.Values;

    // Nearly all quantities are small whole numbers, and each is shaped as often as there are windows.
    private readonly double[] _shapes = [.. Enumerable.Range(0, 256).Select(pieces => Shape(options.QuantityShape, pieces))];

    public InteractionMatrix Aggregate(AggregationWindow window)
    {
        int users = order.Users;
        var blocks = new Block[(users + EventOrder.UsersAtOnce - 1) / EventOrder.UsersAtOnce];
        var pointers = new int[users + 1];
        order.ForUsers(context, (from, to) =>
        {
            var block = new Block(order.Pointers[to] - order.Pointers[from]);
            var pairs = new PairEvents(order);
            for (int u = from; u < to; u++)
            {
                int before = block.Count;
                AddUser(u, window, pairs, block);
                pointers[u + 1] = block.Count - before;
            }
            block.Trim();
            blocks[from / EventOrder.UsersAtOnce] = block;
        });
        for (int u = 0; u < users; u++) pointers[u + 1] = checked(pointers[u] + pointers[u + 1]);
        var indices = new int[pointers[users]];
        var values = new float[indices.Length];
        var lastSeen = order.HasTime ? new uint[indices.Length] : null;
        var dislikedOf = new int[users + 1];
        var disliked = new List<int>();
        var ratedOf = new int[users + 1];
        var (rated, ratings) = (new List<int>(), new List<float>());
        int at = 0;
        foreach (var block in blocks)
        {
            foreach (var (user, item) in block.Disliked)
            {
                disliked.Add(item);
                dislikedOf[user + 1]++;
            }
            foreach (var (user, item, rating) in block.Rated)
            {
                rated.Add(item);
                ratings.Add(rating);
                ratedOf[user + 1]++;
            }
            block.Items.CopyTo(indices, at);
            block.Values.CopyTo(values, at);
            if (lastSeen is not null) block.LastSeen.CopyTo(lastSeen, at);
            at += block.Count;
        }
        for (int u = 0; u < users; u++) (dislikedOf[u + 1], ratedOf[u + 1]) = (dislikedOf[u + 1] + dislikedOf[u], ratedOf[u + 1] + ratedOf[u]);
        return new InteractionMatrix(
            new SparseRows(users, items, pointers, indices, values), lastSeen, options.StatesWeights, PairSets.Ones(users, items, dislikedOf, [.. disliked]),
            _keepsRatings
                ? new RatedPairs(new SparseRows(users, items, ratedOf, [.. rated], [.. ratings]), (float)options.RatingThreshold)
                : null);
    }

    private void AddUser(int user, AggregationWindow window, PairEvents pairs, Block block)
    {
        int userEnd = order.Pointers[user + 1];
        for (int at = order.Pointers[user]; at < userEnd;)
        {
            at = pairs.Take(at, userEnd, window.End);
            if (pairs.HasReturns) pairs.Net();
            double sum = 0;
            uint seen = window.ByFirst ? uint.MaxValue : 0;
            bool disliked = false;
            float? rating = null;
            bool wentBack = pairs.HasReturns && pairs.NothingIsLeft;
            for (int k = 0; k < pairs.Count; k++)
            {
                uint second = order.Seconds[pairs.Positions[k]];
                if (second < window.Start) continue;
                if (_keepsRatings && pairs.Kinds[k] == EventKind.Rating) rating = pairs.Amounts[k];
                double strength = Strength(pairs.Kinds[k], pairs.Amounts[k], window.Weights);
                if (SpeaksAgainst(pairs, k, wentBack)) disliked = true;
                else if (strength > 0 && pairs.Kinds[k] is EventKind.Purchase or EventKind.Cart or EventKind.Rating) disliked = false;
                if (strength <= 0) continue;
                if (window.HalfLifeDays > 0) strength *= Math.Pow(2, ((double)second - window.Reference) / (86_400 * window.HalfLifeDays));
                sum += strength;
                seen = window.ByFirst ? Math.Min(seen, second) : Math.Max(seen, second);
            }
            if (rating is { } value) block.Rated.Add((user, pairs.Item, value));
            if (disliked) block.Disliked.Add((user, pairs.Item));
            else if (sum > 0) block.Add(pairs.Item, (float)Math.Max(MinWeight, Shape(options.PairShape, sum)), seen);
        }
    }

    private bool SpeaksAgainst(PairEvents pairs, int k, bool wentBack) => pairs.Kinds[k] switch
    {
        EventKind.Hide => true,
        EventKind.Rating => pairs.Amounts[k] < options.RatingThreshold,
        EventKind.Return => wentBack,
        _ => false,
    };

    private double Strength(EventKind kind, float amount, float[] weights) => kind switch
    {
        EventKind.Return or EventKind.Hide => 0,
        EventKind.Rating => amount >= options.RatingThreshold ? weights[(int)kind] : 0,
        _ => amount > 0 ? weights[(int)kind] * Shaped(amount) : 0,
    };

    private double Shaped(float amount) => amount < _shapes.Length && amount == (int)amount ? _shapes[(int)amount] : Shape(options.QuantityShape, amount);

    private static double Shape(WeightShape shape, double value) => shape switch
    {
        WeightShape.Log => Math.Log2(1 + value),
        WeightShape.SquareRoot => Math.Sqrt(value),
        WeightShape.Binary => 1,
        _ => value,
    };

    private sealed class Block(int capacity)
    {
        public int[] Items = new int[capacity];
        public float[] Values = new float[capacity];
        public uint[] LastSeen = new uint[capacity];

        public List<(int User, int Item)> Disliked { get; } = [];

        public List<(int User, int Item, float Value)> Rated { get; } = [];

        public int Count { get; private set; }

        public void Add(int item, float value, uint lastSeen)
        {
            Items[Count] = item;
            Values[Count] = value;
            LastSeen[Count++] = lastSeen;
        }

        public void Trim()
        {
            Items = Items[..Count];
            Values = Values[..Count];
            LastSeen = LastSeen[..Count];
        }
    }
}
