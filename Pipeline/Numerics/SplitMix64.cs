namespace Recsys.Batch.Pipeline.Numerics;

/// <summary>
/// Seeded random numbers (Steele, Lea and Flood 2014), the same on every machine and runtime. Streams of one seed are told apart by name, so that a
/// draw more in one place moves nothing elsewhere.
/// </summary>
internal struct SplitMix64
{
    private ulong _state;
    private double _spare;
    private bool _hasSpare;

    public SplitMix64(ulong seed, string stream)
    {
        _state = seed;
        foreach (char c in stream) _state = Mix(_state ^ c);
    }

    public ulong Next()
    {
        _state += 0x9E37_79B9_7F4A_7C15;
        return Mix(_state);
    }

    /// <summary>In [0, 1), 53 bits.</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>In [0, <paramref name="bound"/>).</summary>
    public int NextInt(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);
        return (int)Math.BigMul(Next(), (ulong)bound, out _);
    }

    /// <summary>Standard normal, by Marsaglia's polar method.</summary>
    public double NextNormal()
    {
        if (_hasSpare)
        {
            _hasSpare = false;
            return _spare;
        }
        while (true)
        {
            double x = 2 * NextDouble() - 1;
            double y = 2 * NextDouble() - 1;
            double s = x * x + y * y;
            if (s is >= 1 or 0) continue;
            double scale = Math.Sqrt(-2 * Math.Log(s) / s);
            _spare = y * scale;
            _hasSpare = true;
            return x * scale;
        }
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }
}
