namespace Recsys.Batch.Pipeline.Rank.Features;

/// <summary>ln(1 + users who have the item).</summary>
internal sealed class Popularity(int[] users) : IRankFeature
{
    public static readonly FeatureDefinition Definition = new("popularity", of => new Popularity(of.Items.Users));

    public void Fill(RankedUser user, Span<float> values)
    {
        for (int k = 0; k < values.Length; k++) values[k] = Of(users[user.Items[k]]);
    }

    internal static float Of(int users) => (float)Math.Log(1 + users);
}

/// <summary>ln(1 + users whose last event with the item lies at most so many days back); not in a log without time.</summary>
internal sealed class RecentPopularity(int[] users) : IRankFeature
{
    public static FeatureDefinition Definition(int days) => new(
        $"popularity of {days} days", of => of.Items.HasTimes ? new RecentPopularity(of.Items.RecentUsers(days)) : null);

    public void Fill(RankedUser user, Span<float> values)
    {
        for (int k = 0; k < values.Length; k++) values[k] = Popularity.Of(users[user.Items[k]]);
    }
}

/// <summary>How far the item's ln(1 + users) is from the mean over the user's items, either way; missing without a history.</summary>
internal sealed class PopularityHabit(int[] users) : IRankFeature
{
    public static readonly FeatureDefinition Definition = new("popularity against the user's", of => new PopularityHabit(of.Items.Users));

    public void Fill(RankedUser user, Span<float> values)
    {
        double usual = 0;
        foreach (int item in user.History) usual += Popularity.Of(users[item]);
        usual = user.History.Length == 0 ? double.NaN : usual / user.History.Length;
        for (int k = 0; k < values.Length; k++) values[k] = (float)Math.Abs(Popularity.Of(users[user.Items[k]]) - usual);
    }
}

/// <summary>ln(1 + days since the item is for sale); missing where that is not known.</summary>
internal sealed class ItemAge(double[] days) : IRankFeature
{
    public static readonly FeatureDefinition Definition = new("item age", of => of.Items.HasTimes ? new ItemAge(of.Items.Age) : null);

    public void Fill(RankedUser user, Span<float> values)
    {
        for (int k = 0; k < values.Length; k++) values[k] = (float)Math.Log(1 + days[user.Items[k]]);
    }
}

/// <summary>ln(1 + days since anybody had the item last); missing where nobody did.</summary>
internal sealed class ItemIdle(double[] days) : IRankFeature
{
    public static readonly FeatureDefinition Definition = new("days unsold", of => of.Items.HasTimes ? new ItemIdle(of.Items.Idle) : null);

    public void Fill(RankedUser user, Span<float> values)
    {
        for (int k = 0; k < values.Length; k++) values[k] = (float)Math.Log(1 + days[user.Items[k]]);
    }
}
