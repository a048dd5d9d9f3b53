namespace Recsys.Batch.Pipeline.Constrain;

/// <summary>What a rule does.</summary>
internal enum RuleKind
{
    /// <summary>Items stay off lists.</summary>
    Exclude,

    /// <summary>Only items of one of these rules come onto lists.</summary>
    Include,

    /// <summary>Items come onto lists of users alone whose column has the value that the item's has: region, language.</summary>
    Match,

    /// <summary>An item stands on every list, at a place of its own or anywhere.</summary>
    Pin,

    /// <summary>So many entries of a list are of one value at most: a category, a brand, a seller, a parent.</summary>
    Cap,

    /// <summary>Places of a list that are the promotion's.</summary>
    Slot,

    /// <summary>So many entries of a list are the promotion's at least, anywhere.</summary>
    Quota,

    /// <summary>Items count for more or less than their relevance.</summary>
    Boost,

    /// <summary>So many lists of the night have an item at most.</summary>
    Limit,

    /// <summary>So many lists of the night have an item, or entries are of a seller or of a group, at least.</summary>
    Floor,
}
