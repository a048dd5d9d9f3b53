using Recsys.Batch.Pipeline.Rank.Features;

namespace Recsys.Batch.Pipeline.Rank;

/// <summary>All features by name. A new one is a class with its definition, and a line here.</summary>
internal static class RankFeatures
{
    private static readonly FeatureDefinition[] s_all =
    [
        ScoreShare.Definition,
        ScorePlace.Definition,
        ScoreOfHistory.Definition,
        Popularity.Definition,
        RecentPopularity.Definition(7),
        RecentPopularity.Definition(30),
        RecentPopularity.Definition(90),
        PopularityHabit.Definition,
        ItemAge.Definition,
        ItemIdle.Definition,
        CategoryShare.Definition,
        BrandShare.Definition,
        PriceLevel.Definition,
        PriceDistance.Definition,
        Price.Definition,
        Price.OfMargins,
        TextAffinity.Definition,
        TextNearest.Definition,
        BoughtTogether.Definition,
        ReviewSentiment.Definition,
        ReviewRating.Definition,
        ReviewCount.Definition,
    ];

    /// <summary>Those that the inputs have, in one order: the table's, then each member's score.</summary>
    public static (string[] Names, IRankFeature[] Features) Of(RankInputs inputs)
    {
        var all = s_all.Concat(inputs.Members.Select((m, at) => MemberScore.Definition(m.Name, at)))
            .Select(d => (d.Name, Feature: d.Create(inputs))).Where(f => f.Feature is not null).ToArray();
        return ([.. all.Select(f => f.Name)], [.. all.Select(f => f.Feature!)]);
    }
}
