namespace Recsys.Batch.Pipeline.Synthetic;

/// <summary>SplitMix64 (Steele et al. 2014) keyed by seed, stream and counter: event n is the same whoever makes it, in whatever order.</summary>
internal struct CounterRandom(ulong seed, ulong stream, ulong counter)
{
    private ulong _state = Mix(Mix(seed + 0x9E3779B97F4A7C15 * (stream + 1)) ^ counter);

    public ulong Next() => Mix(_state += 0x9E3779B97F4A7C15);

    /// <summary>Uniform in [0, 1).</summary>
    public double Uniform() => (Next() >> 11) * (1.0 / (1L << 53));

    /// <summary>Standard normal (Box and Muller 1958).</summary>
    public double Normal() => Math.Sqrt(-2 * Math.Log(1 - Uniform())) * Math.Cos(2 * Math.PI * Uniform());

    /// <summary>Uniform in [0, <paramref name="bound"/>), by Lemire's multiplication (2019) without its rejection: the bias is below 2^-32.</summary>
    public int Below(int bound) => (int)((Next() >> 32) * (ulong)bound >> 32);

    private static ulong Mix(ulong z)
    {
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
        z = (z ^ z >> 27) * 0x94D049BB133111EB;
        return z ^ z >> 31;
    }
}
