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

    /// <summary>Of the noise of a rating, in stars.</summary>
    public const double NoiseDeviation = 0.7;


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
        double[] factors = FactorsOf(ref random);
        var (fits, keys, items) = (new double[_parameters.Items], new double[_parameters.Items], new int[_parameters.Items]);
        for (int item = 0; item < items.Length; item++)
        {
            fits[item] = Fit(factors, item);
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
            double stars = Stars(items[k], fits[items[k]]) + NoiseDeviation * random.Normal();
            events[k] = new(user, items[k], (int)Math.Clamp(Math.Round(stars), 1, 5), times[k]);
        }
    }

    /// <summary>The rating before noise is added and stars are whole: nobody can know more of one that was not given yet.</summary>
    public double Truth(int user, int item)
    {
        var random = new CounterRandom(_parameters.Seed, UserStream, (ulong)user);
        return Stars(item, Fit(FactorsOf(ref random), item));
    }

    private double Stars(int item, double fit) => 3.6 + 0.4 * _popularity[item] + 0.7 * fit;

    private double Fit(double[] user, int item)
    {
        double fit = 0;
        for (int f = 0; f < Rank; f++) fit += user[f] * _factors[item * Rank + f];
        return fit / Math.Sqrt(Rank);
    }

    private static double[] FactorsOf(ref CounterRandom random)
    {
        var factors = new double[Rank];
        for (int f = 0; f < Rank; f++) factors[f] = random.Normal();
        return factors;
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
