using Recsys.Batch.Pipeline.Constrain;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Diversify;
using Recsys.Batch.Pipeline.Tests.Runs;

namespace Recsys.Batch.Pipeline.Tests.Constrain;

/// <summary>A small catalog with brands, categories and whatever else a test asks for, and rules over it, written as a shop writes them.</summary>
internal sealed class RuledShop(int items, int users = 1)
{
    private readonly IdMap _ids = Ids(items);
    private readonly Dictionary<string, string?[]> _attributes = [];

    public string?[] Brands { get; } = new string?[items];

    public string?[] Categories { get; } = new string?[items];

    public double[] Prices { get; } = [.. Enumerable.Repeat(1.0, items)];

    public string?[] Segments { get; } = new string?[users];

    public AttributeTable? UserAttributes { get; set; }

    public double[]? Expected { get; set; }

    public RuledShop With(string column, Func<int, string?> value)
    {
        _attributes[column] = [.. Enumerable.Range(0, items).Select(value)];
        return this;
    }

    public RuleSet Rules(string json, DateTime? moment = null) => new(Read(json).Rules, Items(), Users(), moment);

    public RuleItems Items()
    {
        var attributes = new AttributeTable(_attributes.Keys, items);
        foreach (var (name, values) in _attributes) values.CopyTo(attributes[name], 0);
        return new RuleItems(_ids, Catalog(), attributes) { Expected = Expected };
    }

    public RuleUsers Users() => new(users, Segments, UserAttributes);

    public static RulesFile Read(string json)
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("rules.json"), $"{{ \"rules\": {json} }}");
        return RulesFile.Read(folder.File("rules.json"));
    }

    /// <summary>The items of the list that is chosen from all items, of those weights, by relevance alone; and what rules did.</summary>
    public static RecommendationBlock List(RuleSet rules, float[] weights, int length, int user = 0, bool isLast = true, bool reserve = false)
    {
        int[] order = [.. Enumerable.Range(0, weights.Length).OrderByDescending(i => weights[i]).ThenBy(i => i)];
        var candidates = new CandidateBlock([user], weights.Length) { IsLast = isLast };
        order.CopyTo(candidates.Items, 0);
        order.Select(i => weights[i]).ToArray().CopyTo(candidates.Scores, 0);
        candidates.Counts[0] = weights.Length;
        return new DiversifyStage(
            new DiversifyOptions { Method = DiversifierCatalog.None, ListLength = length, Candidates = Math.Max(length, weights.Length), DistinctText = false },
            embeddings: null, catalog: null, new ListRules { Constraints = rules, KeepsReserve = reserve }).Run(candidates);
    }

    private Catalog Catalog() => new()
    {
        Titles = new string?[items],
        Categories = Categories,
        Brands = Brands,
        Prices = Prices,
        Available = [.. Enumerable.Repeat(true, items)],
        TextHashes = new ulong[items],
    };

    private static IdMap Ids(int count)
    {
        var ids = new IdMap();
        for (int i = 0; i < count; i++) ids.Add($"i{i}");
        return ids;
    }
}
