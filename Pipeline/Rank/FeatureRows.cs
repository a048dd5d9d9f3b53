namespace Recsys.Batch.Pipeline.Rank;

/// <summary>Features of candidates as rows: what a ranker learns from and is applied to.</summary>
internal sealed class FeatureRows(string[] names, IRankFeature[] features)
{
    public string[] Names { get; } = names;

    public int Width => Names.Length;

    public static FeatureRows Of(RankInputs inputs)
    {
        var (names, features) = RankFeatures.Of(inputs);
        return new FeatureRows(names, features);
    }

    /// <summary>Writes a row a candidate, one after the other; NaN where a value is not known.</summary>
    /// <param name="rows">The user's best candidates, as many as have room, x <see cref="Width"/>.</param>
    public void Fill(RankedUser user, Span<float> rows)
    {
        int count = rows.Length / Width;
        var column = System.Buffers.ArrayPool<float>.Shared.Rent(count);
        var values = column.AsSpan(0, count);
        for (int f = 0; f < features.Length; f++)
        {
            features[f].Fill(user, values);
            for (int k = 0; k < values.Length; k++) rows[k * Width + f] = values[k];
        }
        System.Buffers.ArrayPool<float>.Shared.Return(column);
    }
}

/// <summary>
/// What is done to a feature before a ranker sees it: values beyond the 1st and 99th percentile of the rows that were learned from are those percentiles, and a
/// missing value is their mean.
/// </summary>
internal sealed record FeatureRange(string Name, float Low, float High, float Mean)
{
    private const double Tail = 0.01;

    /// <summary>Of every column of the rows.</summary>
    public static FeatureRange[] Of(string[] names, ReadOnlySpan<float> rows)
    {
        var ranges = new FeatureRange[names.Length];
        int count = rows.Length / Math.Max(1, names.Length);
        var column = new float[count];
        for (int f = 0; f < names.Length; f++)
        {
            int known = 0;
            for (int k = 0; k < count; k++)
                if (float.IsFinite(rows[k * names.Length + f])) column[known++] = rows[k * names.Length + f];
            var sorted = column.AsSpan(0, known);
            sorted.Sort();
            if (known == 0)
            {
                ranges[f] = new FeatureRange(names[f], 0, 0, 0);
                continue;
            }
            var (low, high) = (sorted[(int)(Tail * (known - 1))], sorted[(int)((1 - Tail) * (known - 1))]);
            double sum = 0;
            foreach (float value in sorted) sum += Math.Clamp(value, low, high);
            ranges[f] = new FeatureRange(names[f], low, high, (float)(sum / known));
        }
        return ranges;
    }

    public static void Apply(FeatureRange[] ranges, Span<float> rows)
    {
        for (int at = 0; at < rows.Length; at += ranges.Length)
            for (int f = 0; f < ranges.Length; f++)
                rows[at + f] = float.IsNaN(rows[at + f]) ? ranges[f].Mean : Math.Clamp(rows[at + f], ranges[f].Low, ranges[f].High);
    }
}
