using System.Globalization;
using Recsys.Batch.Pipeline.Constrain;
using Recsys.Batch.Pipeline.Constrain.Allocation;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>Counts what rules did over the lists of a night, wherever those were made, and says it.</summary>
internal sealed class RulesOutcome(RuleSet rules, DateTime? moment)
{
    public void Write(
        StageWork work, IEnumerable<string> blocks, Accounts? accounts, AllocationResult? allocation, IReadOnlyList<RuleCost> costs, TimeSpan took)
    {
        var (placed, yielded) = (new long[rules.All.Count], new long[rules.All.Count]);
        var used = new long[accounts?.All.Count ?? 0];
        long lists = 0;
        foreach (string path in blocks)
        {
            var block = ListBlocks.Read(path);
            lists += block.Users.Length;
            foreach (int rule in block.PlacedBy ?? []) if (rule > 0) placed[rule - 1]++;
            for (int pair = 1; pair < (block.Yielded?.Length ?? 0); pair += 2) yielded[block.Yielded![pair] - 1]++;
            if (accounts is null) continue;
            foreach (int item in block.Items)
                foreach (int account in accounts.Of(item)) used[account]++;
        }
        var report = new RulesReport(
            moment, lists,
            [.. rules.All.Select(rule => Of(rule, placed, yielded, used, accounts, allocation) with
            {
                Cost = costs.FirstOrDefault(c => c.Rule == rule.Number),
            })],
            allocation is null ? null : new AllocationOutcome(
                accounts!.All.Count, allocation.Rounds, allocation.Weight, allocation.WeightBefore, allocation.WeightBound, allocation.Gap, allocation.Changed,
                accounts.All.Index().Count(a => !a.Item.IsFloor && used[a.Index] > a.Item.Bound),
                accounts.All.Index().Count(a => a.Item.IsFloor && used[a.Index] < a.Item.Bound), took.TotalSeconds),
            rules.Warnings());
        report.Write(work.Output(RulesReport.FileName));
        Tell(report, work, took);
    }

    private RuleOutcome Of(Rule rule, long[] placed, long[] yielded, long[] used, Accounts? accounts, AllocationResult? allocation)
    {
        bool active = rules.Active.Contains(rule);
        var outcome = new RuleOutcome(
            rule.Number, rule.Name, rule.Kind.ToString().ToLowerInvariant(), active, active ? rules.ItemsOf(rule)?.Count ?? -1 : 0, placed[rule.Number - 1],
            yielded[rule.Number - 1]);
        if (!active || accounts is null || allocation is null || !rule.IsAcrossUsers) return outcome;
        var own = accounts.All.Index().Where(a => a.Item.Rule.Number == rule.Number).ToList();
        double lost = own.Sum(a => allocation.Cost[a.Index]);
        return outcome with
        {
            Bounds = own.Count,
            Binding = own.Count(a => allocation.Prices[a.Index] != 0),
            Unmet = own.Count(a => a.Item.IsFloor && used[a.Index] < a.Item.Bound),
            Lost = lost,
            LostShare = allocation.WeightBefore > 0 ? lost / allocation.WeightBefore : 0,
        };
    }

    private static void Tell(RulesReport report, StageWork work, TimeSpan took)
    {
        var progress = work.Context.Progress;
        progress.Metric("rules.placed", report.Rules.Sum(r => r.Placed));
        progress.Metric("rules.yielded", report.Rules.Sum(r => r.Yielded));
        foreach (var rule in report.Rules)
        {
            if (rule.Cost is { } cost) progress.Metric(string.Create(CultureInfo.InvariantCulture, $"rules.{rule.Number}.cost"), cost.Lost);
            if (rule.Lost is { } lost) progress.Metric(string.Create(CultureInfo.InvariantCulture, $"rules.{rule.Number}.lost"), lost);
            if (rule.Yielded > 0)
            {
                progress.Metric(string.Create(CultureInfo.InvariantCulture, $"rules.{rule.Number}.yielded"), rule.Yielded);
                progress.Note(string.Create(
                    CultureInfo.InvariantCulture, $"rule {rule.Number} '{rule.Name}' yielded on {rule.Yielded} of {report.Lists} lists"));
            }
            if (rule.Unmet > 0)
            {
                progress.Note(string.Create(
                    CultureInfo.InvariantCulture,
                    $"rule {rule.Number} '{rule.Name}': {rule.Unmet} of {rule.Bounds} floors are not met: too few users have such items among "
                    + $"their candidates"));
            }
        }
        if (report.Allocation is not { } allocation) return;
        progress.Metric("rules.allocation_seconds", took.TotalSeconds);
        progress.Metric("rules.allocation_gap", allocation.Gap);
        progress.Metric("rules.allocation_broken", allocation.Broken);
        progress.Note(string.Create(
            CultureInfo.InvariantCulture,
            $"allocation: {allocation.Bounds} limits and floors over {report.Lists} lists, {allocation.Changed} of which changed; {allocation.Broken} limits "
            + $"broken, {allocation.Unmet} floors not met; lists keep {allocation.Relevance / Math.Max(1e-9, allocation.Before):0.0000} of their worth, "
            + $"at most {allocation.Gap:0.0000} below the best possible; {allocation.Rounds} rounds"));
    }
}
