using System.Numerics;

namespace Recsys.Batch.Pipeline.Places.CartComplements;

/// <summary>
/// Fisher's exact test of whether two items share more orders than chance puts them into, over strata of orders of like size: within a stratum the number of
/// orders with both is hypergeometric, given how many orders have each, and their sum over strata is what is looked at (the exact conditional test of no
/// association in 2x2xS tables; Birch 1964, Agresti 1992). Without strata large orders, which hold every pair more often, would make all pairs look related.
/// One for each thread.
/// </summary>
/// <param name="logFactorials">ln(n!) for n up to the number of orders.</param>
internal sealed class StratifiedFisherTest(double[] logFactorials)
{
    /// <summary>e to the power of minus this is below what a sum of doubles can hold beside 1.</summary>
    private const double Negligible = 45;

    private const double MostTilt = 60;

    private double[] _sum = new double[64];
    private double[] _next = new double[64];
    private double[] _own = new double[64];

    public static double[] LogFactorials(int most)
    {
        var table = new double[most + 1];
        for (int n = 2; n <= most; n++) table[n] = table[n - 1] + Math.Log(n);
        return table;
    }

    /// <summary>Orders that chance alone would give both.</summary>
    public static double Expected(ReadOnlySpan<int> orders, ReadOnlySpan<int> first, ReadOnlySpan<int> second)
    {
        double sum = 0;
        for (int s = 0; s < orders.Length; s++)
            if (first[s] > 0 && second[s] > 0) sum += (double)first[s] * second[s] / orders[s];
        return sum;
    }

    /// <summary>
    /// A number that P(K >= <paramref name="together"/>) is not below, at the price of a Poisson tail. A hypergeometric number is a sum of independent zeros
    /// and ones (Vatutin and Mikhailov 1982), so K is one too, and no probability of it is further from that of a Poisson number of the same mean than
    /// (1 - e^-mean)(1 - variance / mean) (Barbour and Hall 1984).
    /// </summary>
    public static double LeastTail(ReadOnlySpan<int> orders, ReadOnlySpan<int> first, ReadOnlySpan<int> second, int together)
    {
        double mean = 0, variance = 0;
        for (int s = 0; s < orders.Length; s++)
        {
            double n = orders[s], a = first[s], b = second[s];
            if (a == 0 || b == 0) continue;
            mean += a * b / n;
            if (n > 1) variance += a * b / n * ((n - a) * (n - b) / (n * (n - 1)));
        }
        // Beyond this e^-mean is no longer a double, and nothing is known.
        if (mean is 0 or > 500) return 0;
        double term = Math.Exp(-mean), below = 0;
        double distance = (1 - term) * (1 - variance / mean);
        for (int x = 0; x < together; x++)
        {
            below += term;
            term *= mean / (x + 1);
        }
        return 1 - below - distance;
    }

    /// <summary>ln P(K >= <paramref name="together"/>).</summary>
    /// <param name="orders">Orders a stratum.</param>
    /// <param name="first">Those of them with one item.</param>
    /// <param name="second">Those with the other.</param>
    public double LogTail(ReadOnlySpan<int> orders, ReadOnlySpan<int> first, ReadOnlySpan<int> second, int together)
    {
        double expected = Expected(orders, first, second);
        if (expected == 0) return together > 0 ? double.NegativeInfinity : 0;
        // Exponential tilting: every probability is multiplied by e^(tilt x), so that what is looked at lies in the middle and far tails keep all their digits.
        double tilt = Tilt(orders, first, second, together, expected);
        _sum[0] = 1;
        int length = 1, least = 0;
        double scale = 0;
        for (int s = 0; s < orders.Length; s++)
        {
            if (first[s] == 0 || second[s] == 0) continue;
            var (low, count, log) = Stratum(orders[s], first[s], second[s], tilt);
            scale += log;
            length = Convolve(length, count);
            least += low;
        }
        double tail = 0;
        for (int x = Math.Max(together, least); x < least + length; x++) tail += _sum[x - least] * Math.Exp(-tilt * (x - together));
        if (tail == 0) return double.NegativeInfinity;
        return Math.Min(0, Math.Log(tail) + scale - tilt * together);
    }

    /// <summary>What puts the mean where <paramref name="together"/> is, near enough.</summary>
    private static double Tilt(ReadOnlySpan<int> orders, ReadOnlySpan<int> first, ReadOnlySpan<int> second, int together, double expected)
    {
        // What chance gives anyway is no far tail.
        if (together <= expected) return 0;
        // Exact for a Poisson variable, which the sum is near as long as both items are in few of the orders.
        double tilt = Math.Log(together / expected);
        if (Math.Abs(Mean(orders, first, second, tilt) - together) <= 2 * Math.Sqrt(together)) return tilt;
        double low = -MostTilt, high = MostTilt;
        for (int step = 0; step < 50; step++)
        {
            tilt = (low + high) / 2;
            if (Mean(orders, first, second, tilt) < together) low = tilt;
            else high = tilt;
        }
        return tilt;
    }

    /// <summary>The tilted mean, by Cornfield's approximation (1956): in each stratum the table whose odds ratio is e^tilt.</summary>
    private static double Mean(ReadOnlySpan<int> orders, ReadOnlySpan<int> first, ReadOnlySpan<int> second, double tilt)
    {
        double odds = Math.Exp(tilt), sum = 0;
        for (int s = 0; s < orders.Length; s++)
        {
            double a = first[s], b = second[s];
            if (a == 0 || b == 0) continue;
            double linear = orders[s] - a - b + odds * (a + b);
            sum += 2 * odds * a * b / (linear + Math.Sqrt(Math.Max(0, linear * linear + 4 * (1 - odds) * odds * a * b)));
        }
        return sum;
    }

    /// <summary>Writes one stratum's tilted probabilities, divided by the largest, to <see cref="_own"/>.</summary>
    /// <returns>The least value, how many values there are, and the logarithm of the largest tilted probability.</returns>
    private (int Low, int Count, double Log) Stratum(int orders, int a, int b, double tilt)
    {
        int low = Math.Max(0, a + b - orders), high = Math.Min(a, b);
        if (_own.Length < high - low + 1) _own = new double[2 * (high - low + 1)];
        double all = LogChoose(orders, b);
        double largest = double.NegativeInfinity;
        for (int x = low; x <= high; x++)
        {
            double log = LogChoose(a, x) + LogChoose(orders - a, b - x) - all + tilt * x;
            _own[x - low] = log;
            largest = Math.Max(largest, log);
        }
        int from = low, to = high;
        while (_own[from - low] < largest - Negligible) from++;
        while (_own[to - low] < largest - Negligible) to--;
        for (int x = from; x <= to; x++) _own[x - from] = Math.Exp(_own[x - low] - largest);
        return (from, to - from + 1, largest);
    }

    private int Convolve(int length, int count)
    {
        int all = length + count - 1;
        if (_next.Length < all) _next = new double[2 * all];
        _next.AsSpan(0, all).Clear();
        // The longer array lies inside, and from the last value down: so each sum still adds its terms in the order of the first array.
        var sum = _sum.AsSpan(0, length);
        for (int j = count - 1; j >= 0; j--)
        {
            var next = _next.AsSpan(j, length);
            var factor = new Vector<double>(_own[j]);
            int i = 0;
            for (; i <= length - Vector<double>.Count; i += Vector<double>.Count)
                (new Vector<double>(next[i..]) + new Vector<double>(sum[i..]) * factor).CopyTo(next[i..]);
            for (; i < length; i++) next[i] += sum[i] * _own[j];
        }
        (_sum, _next) = (_next, _sum);
        return all;
    }

    private double LogChoose(int n, int k) => logFactorials[n] - logFactorials[k] - logFactorials[n - k];
}
