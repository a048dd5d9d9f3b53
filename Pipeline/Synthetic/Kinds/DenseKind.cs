using System.Globalization;

namespace Recsys.Batch.Pipeline.Synthetic.Kinds;

/// <summary>
/// Dense ratings: many a user, from a preference of low rank. Users and items have eight factors each, standard normal; how well they fit is
/// <c>p_u q_i / sqrt(8)</c>. A user rates distinct items, drawn with weights <c>exp(popularity_i + 1.2 fit)</c> (by Gumbel's trick), popularity normal with
/// deviation 1: people rate what they have chosen. The rating is <c>3.6 + .4 popularity_i + .7 fit + noise</c>, noise normal with deviation .7, rounded to 1 to
/// 5. A user's ratings fall anywhere in a third of the log that is the user's own, in no order. Costs users x items.
/// </summary>
internal sealed class DenseKind : ISyntheticKind
{
    private const ulong UserStream = 22, ItemStream = 23;
    private const int Rank = 8;

    private readonly KindParameters _parameters;
    private readonly double[] _factors;
    private readonly double[] _popularity;

    public DenseKind(KindParameters parameters)
    {
        _parameters = parameters;
        _factors = new double[parameters.Items * Rank];
        _popularity = new double[parameters.Items];
        for (int item = 0; item < parameters.Items; item++)
        {
            var random = new CounterRandom(parameters.Seed, ItemStream, (ulong)item);
            _popularity[item] = random.Normal();
            for (int f = 0; f < Rank; f++) _factors[item * Rank + f] = random.Normal();
        }
    }

    public void History(int user, Span<KindEvent> events)
    {
        var random = new CounterRandom(_parameters.Seed, UserStream, (ulong)user);
        var factors = new double[Rank];
        for (int f = 0; f < Rank; f++) factors[f] = random.Normal();
        var (fits, keys, items) = (new double[_parameters.Items], new double[_parameters.Items], new int[_parameters.Items]);
        for (int item = 0; item < items.Length; item++)
        {
            double fit = 0;
            for (int f = 0; f < Rank; f++) fit += factors[f] * _factors[item * Rank + f];
            fits[item] = fit / Math.Sqrt(Rank);
            keys[item] = -(_popularity[item] + 1.2 * fits[item] - Math.Log(-Math.Log(1 - random.Uniform() + 1e-300) + 1e-300));
            items[item] = item;
        }
        Array.Sort(keys, items);
        long[] times = Stretches.Times(_parameters, events.Length, 1.0 / 3, ref random);
        // Rated in no order: the most fitting are not the first.
        for (int k = events.Length - 1; k >= 0; k--)
        {
            int drawn = random.Below(k + 1);
            (items[k], items[drawn]) = (items[drawn], items[k]);
            double stars = 3.6 + 0.4 * _popularity[items[k]] + 0.7 * fits[items[k]] + 0.7 * random.Normal();
            events[k] = new(user, items[k], (int)Math.Clamp(Math.Round(stars), 1, 5), times[k]);
        }
    }

    /// <summary>The factor that says most of the item, and which way.</summary>
    public string Category(int item)
    {
        int most = 0;
        for (int f = 1; f < Rank; f++)
            if (Math.Abs(_factors[item * Rank + f]) > Math.Abs(_factors[item * Rank + most])) most = f;
        return string.Create(CultureInfo.InvariantCulture, $"Factor {most} > {(_factors[item * Rank + most] > 0 ? "more" : "less")}");
    }
}
