using System.Globalization;

namespace Recsys.Batch.Pipeline.Synthetic.Kinds;

/// <summary>
/// Recipes: a long tail of items that few have tried. Popularity is nearly flat, <c>(rank + 10)^-0.3</c>, and there are so many items that each gets a
/// handful of events. What is known lies in tastes: an item is in one of items / 80 categories, a user likes three of them by .6, .25 and .15, and .85 of the
/// user's events lie there, the others anywhere. Users are there for half of the log, and try an item once.
/// </summary>
internal sealed class LongTailKind : ISyntheticKind
{
    private const ulong UserStream = 26;
    private const int ItemsEach = 80;
    private const double InTaste = 0.85;

    private readonly KindParameters _parameters;
    private readonly AliasTable _all;
    private readonly AliasTable[] _tables;

    public LongTailKind(KindParameters parameters)
    {
        _parameters = parameters;
        Categories = Math.Max(1, parameters.Items / ItemsEach);
        double[] popularity = PowerLaw.Of(parameters.Items, 0.3, 10, parameters.Seed, 21);
        _all = new AliasTable(popularity);
        _tables =
        [
            .. Enumerable.Range(0, Categories)
                .Select(c => new AliasTable([.. Enumerable.Range(0, SizeOf(c)).Select(k => popularity[c + k * Categories])])),
        ];
    }

    public int Categories { get; }

    public void History(int user, Span<KindEvent> events)
    {
        var random = new CounterRandom(_parameters.Seed, UserStream, (ulong)user);
        int[] likes = [random.Below(Categories), random.Below(Categories), random.Below(Categories)];
        long[] times = Stretches.Times(_parameters, events.Length, 0.5, ref random);
        var had = new HashSet<int>();
        for (int k = 0; k < events.Length; k++)
        {
            int item = 0;
            for (int tries = 0; tries < 16; tries++)
            {
                item = Draw(likes, ref random);
                if (had.Add(item)) break;
            }
            events[k] = new(user, item, 0, times[k]);
        }
    }

    public string Category(int item) => string.Create(CultureInfo.InvariantCulture, $"Kind {item % Categories / 20} > Dish {item % Categories}");

    private int Draw(int[] likes, ref CounterRandom random)
    {
        if (random.Uniform() >= InTaste) return _all.Draw(ref random);
        double which = random.Uniform();
        int category = likes[which < 0.6 ? 0 : which < 0.85 ? 1 : 2];
        return category + _tables[category].Draw(ref random) * Categories;
    }

    private int SizeOf(int category) => (_parameters.Items - category + Categories - 1) / Categories;
}
