namespace Recsys.Batch.Pipeline.Synthetic;

/// <summary>Draws an index in proportion to its weight in constant time (Walker 1977, in Vose's form of 1991).</summary>
internal sealed class AliasTable
{
    private readonly float[] _keep;
    private readonly int[] _alias;

    public AliasTable(ReadOnlySpan<double> weights)
    {
        int n = weights.Length;
        _keep = new float[n];
        _alias = new int[n];
        double sum = 0;
        foreach (double w in weights) sum += w;
        var scaled = new double[n];
        var small = new Stack<int>();
        var large = new Stack<int>();
        for (int i = 0; i < n; i++)
        {
            scaled[i] = weights[i] * n / sum;
            (scaled[i] < 1 ? small : large).Push(i);
        }
        while (small.Count > 0 && large.Count > 0)
        {
            int less = small.Pop(), more = large.Pop();
            _keep[less] = (float)scaled[less];
            _alias[less] = more;
            scaled[more] -= 1 - scaled[less];
            (scaled[more] < 1 ? small : large).Push(more);
        }
        foreach (int i in small.Concat(large)) (_keep[i], _alias[i]) = (1, i);
    }

    public int Draw(ref CounterRandom random)
    {
        ulong bits = random.Next();
        int at = (int)((bits >> 32) * (ulong)_keep.Length >> 32);
        return (bits & 0xFFFFFF) * (1f / (1 << 24)) < _keep[at] ? at : _alias[at];
    }
}
