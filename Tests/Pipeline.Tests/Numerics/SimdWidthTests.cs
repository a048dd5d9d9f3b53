using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Tests.Numerics;

/// <summary>
/// When the width was a switch of the process, a product that ran while another thread switched it had wrong bits and wrote beyond its result. A thread that
/// works at another width must change nothing for the others.
/// </summary>
[TestClass]
internal sealed class SimdWidthTests
{
    private const int Rounds = 2000;

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task Products_keep_their_bits_while_another_thread_takes_other_widths()
    {
        using var a = GemmTests.Filled(45, 70, 1);
        using var b = GemmTests.Filled(70, 90, 2);
        var products = Enum.GetValues<SimdLevel>().Where(l => l <= Simd.Widest).ToDictionary(l => l, l => new Products(l, a, b));
        using var widest = new Products(Simd.Widest, a, b);
        using var stop = new CancellationTokenSource();
        var flipping = Task.Run(() =>
        {
            var found = new List<string>();
            while (!stop.IsCancellationRequested && found.Count == 0)
                foreach (var other in products.Values) other.Check(found);
            return found;
        });
        var found = new List<string>();
        for (int round = 0; round < Rounds && found.Count == 0; round++) widest.Check(found);
        await stop.CancelAsync();
        found.AddRange(await flipping);
        foreach (var each in products.Values) each.Dispose();

        Assert.IsEmpty(found, string.Join("\n", found));
    }

    /// <summary>
    /// A product and a Gramian at one width, whose first results are the expected ones; rows around the product show what is written beyond it.
    /// </summary>
    private sealed class Products : IDisposable
    {
        private const int Above = 16, Rows = 45, All = 77;
        private const float Untouched = 7;

        private readonly SimdLevel _level;
        private readonly LargeMatrix _a;
        private readonly LargeMatrix _b;
        private readonly LargeMatrix _expected = new(All, 90);
        private readonly LargeMatrix _product = new(All, 90);
        private readonly double[] _expectedGramian = new double[90 * 90];
        private readonly double[] _gramian = new double[90 * 90];

        public Products(SimdLevel level, LargeMatrix a, LargeMatrix b)
        {
            (_level, _a, _b) = (level, a, b);
            Compute(_expected, _expectedGramian);
        }

        public void Check(List<string> found)
        {
            Compute(_product, _gramian);
            for (int r = 0; r < All; r++)
            {
                bool inside = r is >= Above and < Above + Rows;
                if (inside && !_product.Row(r).SequenceEqual(_expected.Row(r))) found.Add($"{_level}: row {r} of the product has other bits");
                if (!inside && _product.Row(r).ContainsAnyExcept(Untouched)) found.Add($"{_level}: row {r}, outside of the product, was overwritten");
            }
            if (!_gramian.AsSpan().SequenceEqual(_expectedGramian)) found.Add($"{_level}: the Gramian has other bits");
        }

        public void Dispose()
        {
            _expected.Dispose();
            _product.Dispose();
        }

        private void Compute(LargeMatrix product, double[] gramian)
        {
            for (int r = 0; r < All; r++) product.Row(r).Fill(Untouched);
            Gemm.Multiply(_level, _a.View, _b.View, product.View.Part(Above, 0, Rows, 90));
            Gramian.Of(_level, _b.View, gramian);
        }
    }
}
