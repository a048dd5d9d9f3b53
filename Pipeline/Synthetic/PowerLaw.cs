namespace Recsys.Batch.Pipeline.Synthetic;

/// <summary>Weights of <c>(rank + offset)^-exponent</c>; ranks are dealt out at random, so that an id says nothing of its weight.</summary>
internal static class PowerLaw
{
    private const ulong ShuffleStream = 3;

    /// <param name="deck">Which shuffle: weights of different things are dealt out apart.</param>
    public static double[] Of(int count, double exponent, double offset, ulong seed, ulong deck)
    {
        var weights = new double[count];
        for (int rank = 0; rank < count; rank++) weights[rank] = Math.Pow(rank + offset, -exponent);
        for (int i = count - 1; i > 0; i--)
        {
            int other = new CounterRandom(seed, ShuffleStream + deck, (ulong)i).Below(i + 1);
            (weights[i], weights[other]) = (weights[other], weights[i]);
        }
        return weights;
    }
}
