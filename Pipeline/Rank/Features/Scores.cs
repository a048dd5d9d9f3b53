using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Rank.Features;

/// <summary>The serving model's score between the user's last candidate (0) and the best one (1); 1 where all are equal.</summary>
internal sealed class ScoreShare : IRankFeature
{
    public static readonly FeatureDefinition Definition = new("score", _ => new ScoreShare());

    public void Fill(RankedUser user, Span<float> values) => Of(user, values);

    internal static void Of(RankedUser user, Span<float> values)
    {
        double last = user.Scores[^1], range = user.Scores[0] - last;
        for (int k = 0; k < values.Length; k++) values[k] = range > 0 && double.IsFinite(range) ? (float)((user.Scores[k] - last) / range) : 1;
    }
}

/// <summary>Natural logarithm of the candidate's place in the serving model's order, from 0.</summary>
internal sealed class ScorePlace : IRankFeature
{
    public static readonly FeatureDefinition Definition = new("place", _ => new ScorePlace());

    public void Fill(RankedUser user, Span<float> values)
    {
        for (int k = 0; k < values.Length; k++) values[k] = (float)Math.Log(1 + k);
    }
}

/// <summary>The share of the score times the logarithm of the history's length: a long history says more.</summary>
internal sealed class ScoreOfHistory : IRankFeature
{
    public static readonly FeatureDefinition Definition = new("score x history", _ => new ScoreOfHistory());

    public void Fill(RankedUser user, Span<float> values)
    {
        ScoreShare.Of(user, values);
        float length = (float)Math.Log(1 + user.History.Length);
        foreach (ref float value in values) value *= length;
    }
}

/// <summary>A member model's score, in standard deviations from the mean of the user's candidates; 0 where all are equal.</summary>
internal sealed class MemberScore(IBlockScorer scorer) : IRankFeature
{
    public static FeatureDefinition Definition(string name, int member) => new("score of " + name, of => new MemberScore(of.Members[member].Scorer));

    public void Fill(RankedUser user, Span<float> values)
    {
        var all = System.Buffers.ArrayPool<float>.Shared.Rent(user.Items.Length);
        var scores = all.AsSpan(0, user.Items.Length);
        Score(user, scores);
        double sum = 0, squares = 0;
        foreach (float score in scores) sum += score;
        double mean = sum / scores.Length;
        foreach (float score in scores) squares += (score - mean) * (score - mean);
        double deviation = Math.Sqrt(squares / scores.Length);
        for (int k = 0; k < values.Length; k++)
            values[k] = deviation > 0 && double.IsFinite(deviation) ? (float)((scores[k] - mean) / deviation) : 0;
        System.Buffers.ArrayPool<float>.Shared.Return(all);
    }

    private void Score(RankedUser user, Span<float> values)
    {
        if (scorer is IPairScorer pairs)
        {
            pairs.Score(user.User, user.Items, values);
        }
        else if (scorer.PreferredPanel < scorer.Items)
        {
            for (int k = 0; k < values.Length; k++) scorer.Score([user.User], user.Items[k], 1, values.Slice(k, 1), 1);
        }
        else
        {
            var all = System.Buffers.ArrayPool<float>.Shared.Rent(scorer.Items);
            scorer.Score([user.User], 0, scorer.Items, all, scorer.Items);
            for (int k = 0; k < values.Length; k++) values[k] = all[user.Items[k]];
            System.Buffers.ArrayPool<float>.Shared.Return(all);
        }
    }
}
