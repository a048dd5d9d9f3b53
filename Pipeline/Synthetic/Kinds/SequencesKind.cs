using System.Globalization;

namespace Recsys.Batch.Pipeline.Synthetic.Kinds;

/// <summary>
/// A shop with short sequences: what comes next depends on what came last. Items form a sparse Markov chain: each has three successors, drawn by popularity,
/// taken with .6, .25 and .15. A user comes in sessions of two to five events, a few in all, anywhere in the log. Within a session the next item follows the
/// chain with probability .75, and a session takes up where the last one ended with probability .5; otherwise an item is drawn by popularity,
/// <c>(rank + 20)^-0.7</c>. Users have no tastes beyond that.
/// </summary>
internal sealed class SequencesKind : ISyntheticKind
{
    private const ulong UserStream = 20, SuccessorStream = 21;
    private const double WithinSession = 0.75, BetweenSessions = 0.5;
    private const long Second = 1_000_000;

    private static readonly double[] s_upTo = [0.6, 0.85, 1];

    private readonly KindParameters _parameters;
    private readonly AliasTable _popularity;

    public SequencesKind(KindParameters parameters)
    {
        _parameters = parameters;
        _popularity = new AliasTable(PowerLaw.Of(parameters.Items, 0.7, 20, parameters.Seed, 20));
    }

    /// <summary>One of the three items that follow an item; 0 is the likeliest.</summary>
    public int Successor(int item, int which)
    {
        var random = new CounterRandom(_parameters.Seed, SuccessorStream, (ulong)item * 3 + (ulong)which);
        int next = _popularity.Draw(ref random);
        return next == item ? (item + 1) % _parameters.Items : next;
    }

    public void History(int user, Span<KindEvent> events)
    {
        var random = new CounterRandom(_parameters.Seed, UserStream, (ulong)user);
        var sessions = new List<int>();
        for (int left = events.Length; left > 0; left -= sessions[^1]) sessions.Add(Math.Min(left, 2 + random.Below(4)));
        long[] starts = new long[sessions.Count];
        for (int s = 0; s < starts.Length; s++) starts[s] = (long)(random.Uniform() * _parameters.Length);
        Array.Sort(starts);
        var had = new HashSet<int>();
        (int last, int at, long time) = (-1, 0, 0);
        for (int s = 0; s < sessions.Count; s++)
        {
            for (int k = 0; k < sessions[s]; k++)
            {
                last = Next(last, k == 0 ? BetweenSessions : WithinSession, had, ref random);
                time = Math.Max(time + Second, starts[s] + k * (20 + random.Below(60)) * Second);
                events[at++] = new(user, last, 0, _parameters.Start + Math.Min(time, _parameters.Length - 1));
            }
        }
    }

    public string Category(int item) => string.Create(CultureInfo.InvariantCulture, $"Shelf {item % 20}");

    // What the user has is drawn again a few times: people rarely buy the same thing in one visit.
    private int Next(int last, double follows, HashSet<int> had, ref CounterRandom random)
    {
        int item = 0;
        for (int tries = 0; tries < 4; tries++)
        {
            double where = random.Uniform();
            item = last >= 0 && random.Uniform() < follows
                ? Successor(last, where < s_upTo[0] ? 0 : where < s_upTo[1] ? 1 : 2)
                : _popularity.Draw(ref random);
            if (had.Add(item)) break;
        }
        return item;
    }
}
