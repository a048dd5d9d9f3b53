using Recsys.Batch.Pipeline.Constrain;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Places.Audience;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>What is promoted tonight: the items of rules that put items forward, and those of campaigns. What has one name is one promotion.</summary>
internal static class NightPromotions
{
    public static IReadOnlyList<(string Name, ItemSet Items)> Of(RuleSet? rules, IReadOnlyList<CampaignOptions> campaigns, RuleItems items)
    {
        var promotions = new SortedDictionary<string, ItemSet>(StringComparer.Ordinal);
        foreach (var rule in rules?.Active ?? [])
            if ((rule.Places || rule is { Kind: RuleKind.Boost, By: > 0 }) && rules!.ItemsOf(rule) is { } promoted) Add(rule.Name, promoted);
        foreach (var (n, campaign) in campaigns.Index())
        {
            if (!items.Has(campaign.Column))
            {
                throw new ConfigurationException(
                    $"Places:Audience:Campaigns:{n}:Column is '{campaign.Column}', which the catalog has not; it has {string.Join(", ", items.Columns)}: "
                    + "name it in Ingest:Items:Columns:Seller, :Stock or :Attributes");
            }
            Add(campaign.Name, items.Where([new ItemCondition(campaign.Column, Comparison.In, campaign.Values)]));
        }
        return [.. promotions.Select(p => (p.Key, p.Value))];

        void Add(string name, ItemSet wanted)
        {
            if (!promotions.TryGetValue(name, out var known)) promotions[name] = known = new ItemSet(items.Count);
            known.Add(wanted);
        }
    }
}
