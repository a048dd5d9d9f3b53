namespace Recsys.Batch.Pipeline.Experiment;

/// <summary>A place's table of a version that has rows of single users.</summary>
/// <param name="Item">The column that names the item.</param>
internal sealed record ListedPlace(string Name, string Item, IReadOnlyList<string> Files);

/// <summary>A version whose lists customers could see.</summary>
/// <param name="From">Second since 1970 from which it was the current one.</param>
/// <param name="Until">When another took its place; null: it is the current one.</param>
/// <param name="ListFiles">Parquet of <c>user_recommendations</c>.</param>
internal sealed record ListedVersion(string Version, long From, long? Until, IReadOnlyList<string> ListFiles, IReadOnlyList<ListedPlace> Places);

/// <summary>When an item was shown, from logs of impressions: the seconds of a user, an item and a version, ascending.</summary>
internal interface IShownItems
{
    /// <summary>The last time at or before <paramref name="second"/>; null where it was not shown by then.</summary>
    long? LastShown(int user, int item, string version, long second);
}
