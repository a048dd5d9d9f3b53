namespace Recsys.Batch.Pipeline.Data;

/// <summary>A block of lists put together from lists of other blocks.</summary>
internal static class GatheredLists
{
    /// <param name="from">A block and a position in it for each of the members.</param>
    public static RecommendationBlock Of(int[] members, (RecommendationBlock Block, int Position)[] from)
    {
        var offsets = new int[members.Length + 1];
        for (int m = 0; m < members.Length; m++)
            offsets[m + 1] = offsets[m] + from[m].Block.Offsets[from[m].Position + 1] - from[m].Block.Offsets[from[m].Position];
        int entries = offsets[^1];
        bool ruled = from.Any(f => f.Block.PlacedBy is not null);
        var all = new RecommendationBlock
        {
            Users = members,
            Offsets = offsets,
            Items = new int[entries],
            Scores = new float[entries],
            Relevance = new float[entries],
            DiversityGain = new float[entries],
            Reasons = new ReasonCode[entries],
            ReasonItems = new int[entries * RecommendationBlock.MaxReasonItems],
            Sources = new CandidateSource[entries],
            Propensity = new float[entries],
            PlacedBy = ruled ? new int[entries] : null,
            Rules = from.Select(f => f.Block).FirstOrDefault(b => b.Rules.Count > 0)?.Rules ?? [],
            Yielded = ruled ? YieldedOf(from) : null,
            Ranked = from.Any(f => f.Block.Ranked is not null) ? [.. from.Select(f => f.Block.Ranked?[f.Position])] : null,
            Features = FeaturesOf(from, offsets),
            Reserve = from.Length > 0 && from.All(f => f.Block.Reserve is not null) ? ReserveOf(from) : null,
        };
        for (int m = 0; m < members.Length; m++)
        {
            var (block, position) = from[m];
            Copy(block.Items, all.Items, 1);
            Copy(block.Scores, all.Scores, 1);
            Copy(block.Relevance, all.Relevance, 1);
            Copy(block.DiversityGain, all.DiversityGain, 1);
            Copy(block.Reasons, all.Reasons, 1);
            Copy(block.ReasonItems, all.ReasonItems, RecommendationBlock.MaxReasonItems);
            Copy(block.Sources, all.Sources, 1);
            Copy(block.Propensity, all.Propensity, 1);
            if (block.PlacedBy is not null) Copy(block.PlacedBy, all.PlacedBy!, 1);

            void Copy<T>(T[] source, T[] to, int width) =>
                Array.Copy(source, block.Offsets[position] * width, to, offsets[m] * width, (offsets[m + 1] - offsets[m]) * width);
        }
        return all;
    }

    private static int[] YieldedOf((RecommendationBlock Block, int Position)[] from)
    {
        var pairs = new List<int>();
        for (int m = 0; m < from.Length; m++)
            foreach (int rule in from[m].Block.YieldedOn(from[m].Position)) pairs.AddRange([m, rule]);
        return [.. pairs];
    }

    /// <summary>Lists that a ranker of another night made may have features of other names.</summary>
    private static ListFeatures? FeaturesOf((RecommendationBlock Block, int Position)[] from, int[] offsets)
    {
        var names = new List<string>();
        var numbers = new Dictionary<RecommendationBlock, short[]>();
        foreach (var (block, _) in from)
            if (block.Features is { } some && !numbers.ContainsKey(block)) numbers[block] = some.Among(names);
        if (numbers.Count == 0) return null;
        var all = ListFeatures.None(names, offsets[^1]);
        for (int m = 0; m < from.Length; m++)
        {
            var (block, position) = from[m];
            if (block.Features is null) continue;
            for (int entry = offsets[m]; entry < offsets[m + 1]; entry++)
                all.Take(block.Features, block.Offsets[position] + entry - offsets[m], entry, numbers[block]);
        }
        return all;
    }

    private static ReserveBlock ReserveOf((RecommendationBlock Block, int Position)[] from)
    {
        var offsets = new int[from.Length + 1];
        for (int m = 0; m < from.Length; m++)
        {
            var one = from[m].Block.Reserve!.Offsets;
            offsets[m + 1] = offsets[m] + one[from[m].Position + 1] - one[from[m].Position];
        }
        var all = new ReserveBlock
        {
            Offsets = offsets,
            Items = new int[offsets[^1]],
            Weights = new float[offsets[^1]],
            Relevance = new float[offsets[^1]],
            Sources = new CandidateSource[offsets[^1]],
        };
        for (int m = 0; m < from.Length; m++)
        {
            var reserve = from[m].Block.Reserve!;
            int first = reserve.Offsets[from[m].Position], count = offsets[m + 1] - offsets[m];
            Array.Copy(reserve.Items, first, all.Items, offsets[m], count);
            Array.Copy(reserve.Weights, first, all.Weights, offsets[m], count);
            Array.Copy(reserve.Relevance, first, all.Relevance, offsets[m], count);
            Array.Copy(reserve.Sources, first, all.Sources, offsets[m], count);
        }
        return all;
    }
}
