namespace Recsys.Batch.Pipeline.Constrain;

/// <summary>One rule of the file, as it is written there.</summary>
internal sealed record Rule(string Name, int Number, RuleKind Kind)
{
    /// <summary>Which items it speaks of: all conditions hold. Empty: all items.</summary>
    public IReadOnlyList<ItemCondition> Where { get; init; } = [];

    /// <summary>Whose lists; empty: everybody's.</summary>
    public IReadOnlyList<string> Segments { get; init; } = [];

    /// <summary>The first moment at which it holds; null: always has.</summary>
    public DateTime? From { get; init; }

    /// <summary>The first moment at which it does not hold any more; null: it goes on.</summary>
    public DateTime? To { get; init; }

    /// <summary>The higher one holds where two of a kind cannot both.</summary>
    public int Priority { get; init; }

    /// <summary>Of a boost: what is added to relevance.</summary>
    public double By { get; init; }

    /// <summary>Of slots and pins: places on the list, from 1.</summary>
    public IReadOnlyList<int> Positions { get; init; } = [];

    /// <summary>Of a quota: entries a list.</summary>
    public int Least { get; init; }

    /// <summary>Of a cap: entries a list.</summary>
    public int Most { get; init; }

    /// <summary>Of caps, limits and floors: the column whose every value is counted by itself; null: all of the rule's items together.</summary>
    public string? Per { get; init; }

    /// <summary>Of a cap: the list stays shorter before it yields.</summary>
    public bool Strict { get; init; }

    /// <summary>Of a match: the item's column.</summary>
    public string? Item { get; init; }

    /// <summary>Of a match: the user's column.</summary>
    public string? User { get; init; }

    /// <summary>Of limits and floors: entries a night.</summary>
    public long? Lists { get; init; }

    /// <summary>Of limits and floors: entries as a share of all of the night.</summary>
    public double? Share { get; init; }

    /// <summary>Of a limit: lists for each piece in stock.</summary>
    public double? ListsPerPiece { get; init; }

    /// <summary>Of such a limit: pieces that are expected to sell are none of the stock.</summary>
    public bool LessExpected { get; init; }

    public bool IsAcrossUsers => Kind is RuleKind.Limit or RuleKind.Floor;

    /// <summary>Whether it puts items onto lists.</summary>
    public bool Places => Kind is RuleKind.Pin or RuleKind.Slot or RuleKind.Quota;

    public bool HoldsAt(DateTime? moment) => (From is null || moment is null || moment >= From) && (To is null || moment is null || moment < To);
}
