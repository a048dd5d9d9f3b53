using System.Globalization;

namespace Recsys.Batch.Pipeline.Synthetic.Kinds;

/// <summary>
/// Games with strong trends: items come out over time and fade. Half as many days before the log as it has, and all through it, items are released, each at a
/// moment of its own; an item of age a sells in proportion to <c>s (exp(-a / tau) + .02)</c>, and not before its release. Its strength s is heavy-tailed,
/// <c>u^-0.6</c>; tau lies between a thirtieth and a tenth of the log. Weights change by the week. Items belong to one of 20 genres, users like two of them:
/// with probability .7 an event is in one of these, otherwise anywhere. Users are there for half of the log, and buy an item once.
/// </summary>
internal sealed class TrendsKind : ISyntheticKind
{
    private const ulong UserStream = 24, ItemStream = 25;
    private const int Genres = 20;
    private const double InTaste = 0.7;
    private const long Week = 7 * 86_400_000_000;

    private readonly KindParameters _parameters;
    private readonly int _genres;
    private readonly int[][] _members;
    // By week, then by genre, all items last.
    private readonly AliasTable[][] _tables;

    public TrendsKind(KindParameters parameters)
    {
        _parameters = parameters;
        _genres = Math.Min(Genres, parameters.Items);
        int[] all = [.. Enumerable.Range(0, parameters.Items)];
        _members = [.. Enumerable.Range(0, _genres).Select(g => all.Where(i => i % _genres == g).ToArray()), all];
        _tables = new AliasTable[(parameters.Length + Week - 1) / Week][];
        for (int week = 0; week < _tables.Length; week++)
        {
            double[] weights = [.. all.Select(i => WeightAt(i, (week + 0.5) * Week))];
            _tables[week] = [.. _members.Select(m => new AliasTable([.. m.Select(i => weights[i])]))];
        }
    }

    /// <summary>Microseconds from the log's beginning, below 0 for what was there before it.</summary>
    public double Released(int item) => Of(item).Release;

    public void History(int user, Span<KindEvent> events)
    {
        var random = new CounterRandom(_parameters.Seed, UserStream, (ulong)user);
        int[] likes = [random.Below(_genres), random.Below(_genres)];
        long[] times = Stretches.Times(_parameters, events.Length, 0.5, ref random);
        var had = new HashSet<int>();
        for (int k = 0; k < events.Length; k++)
        {
            long week = (times[k] - _parameters.Start) / Week;
            int item = 0;
            for (int tries = 0; tries < 16; tries++)
            {
                int among = random.Uniform() < InTaste ? likes[random.Below(2)] : _genres;
                item = _members[among][_tables[week][among].Draw(ref random)];
                if (had.Add(item)) break;
            }
            events[k] = new(user, item, 0, times[k]);
        }
    }

    public string Category(int item) => string.Create(CultureInfo.InvariantCulture, $"Genre {item % _genres}");

    // Never 0 as a whole, so that a genre without a release yet can still be drawn from.
    private double WeightAt(int item, double time)
    {
        var (release, strength, tau) = Of(item);
        double age = time - release;
        return age < 0 ? 1e-9 : strength * (Math.Exp(-age / tau) + 0.02);
    }

    private (double Release, double Strength, double Tau) Of(int item)
    {
        var random = new CounterRandom(_parameters.Seed, ItemStream, (ulong)item);
        return (
            (1.5 * random.Uniform() - 0.5) * _parameters.Length,
            Math.Pow(Math.Max(random.Uniform(), 1e-6), -0.6),
            _parameters.Length * (1 / 30.0 + random.Uniform() / 15));
    }
}
