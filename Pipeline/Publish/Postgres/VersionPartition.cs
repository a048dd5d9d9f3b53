using System.Globalization;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Publish.Postgres;

/// <summary>One partitioned table, and what makes, finishes and removes the partition of a version.</summary>
internal sealed record VersionPartition(string Parent, string Key)
{
    public static readonly VersionPartition Lists = new("user_recommendations_rows", "user_id, rank");
    public static readonly VersionPartition Neighbors = new("item_neighbors_rows", "item_id, source, rank");

    /// <summary>Those that every version has.</summary>
    public static readonly IReadOnlyList<VersionPartition> Always = [Lists, Neighbors];

    /// <summary>With those of places, which a version has where it has rows.</summary>
    public static readonly IReadOnlyList<VersionPartition> All = [.. Always, .. PlaceTables.All.Select(Of)];

    public static VersionPartition Of(PlaceTable table) => new(PlaceSql.Rows(table), string.Join(", ", table.KeyNames));

    public string Table(int number) => string.Create(CultureInfo.InvariantCulture, $"{Parent}_{number}");

    /// <summary>The check lets the table be attached later without a look at its rows.</summary>
    public string Create(int number) => string.Create(CultureInfo.InvariantCulture, $"CREATE TABLE {Table(number)} (LIKE {Parent}, CHECK (number = {number}))");

    public string Index(int number) => $"ALTER TABLE {Table(number)} ADD PRIMARY KEY ({Key}); ANALYZE {Table(number)}";

    public string Attach(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"ALTER TABLE {Parent} ATTACH PARTITION {Table(number)} FOR VALUES IN ({number})");
}
