using System.Text.Json;
using System.Text.Json.Serialization;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Ingest;

/// <summary>Rows of one file (or of all), by status. <c>Rows = Kept + Merged + Quarantined</c>.</summary>
internal sealed record RowCounts(long Rows, long Kept, long Merged, long Quarantined)
{
    public bool Balanced => Rows == Kept + Merged + Quarantined;
}

/// <param name="File"><c>source:path</c>, relative to the source's folder.</param>
/// <param name="New">Read this night.</param>
internal sealed record FileReport(string File, bool New, long Bytes, string Sha256, RowCounts Counts)
{
    /// <summary>Rows of the file that repeat rows of another, where it has no row of its own: the other file, delivered again. Else 0.</summary>
    public long RepeatedRows { get; init; }

    /// <summary>Status -> rows of the file that were quarantined.</summary>
    public IReadOnlyDictionary<string, long> Quarantined { get; init; } = new Dictionary<string, long>();
}

/// <summary>What was found out about items that rows disagree on.</summary>
/// <param name="ItemsWithManyTitles">Items with more than one text that differs in more than case and blanks.</param>
/// <param name="JunkTitlesOverruled">Items where a remark (<c>?</c>, <c>damaged</c>) lost to a title.</param>
/// <param name="ItemsWithJunkTitleOnly">Items for which there is no title; theirs is null.</param>
/// <param name="ItemsWithPriceSpread">Items whose highest price is more than twice the lowest.</param>
internal sealed record ItemConflicts(
    int ItemsWithManyTitles, int JunkTitlesOverruled, int ItemsWithJunkTitleOnly, int ItemsWithManyPrices, int ItemsWithPriceSpread, int RepeatedInItemTable);

/// <summary>One window of evaluation.</summary>
/// <param name="Method"><c>time</c>, or <c>random per user</c> where the log has no time.</param>
/// <param name="Cut">ISO 8601; null where the split did not come from time.</param>
/// <param name="NewPairs">Test pairs that train does not have.</param>
/// <param name="ColdItemPairs">Test pairs on items without a pair in train.</param>
internal sealed record HoldOutReport(
    string Method, string? Cut, string? End, long TrainPairs, long TestPairs, long TestUsers, long NewPairs, long ColdItemPairs)
{
    /// <summary>Share of items that nobody had met among a user's purchases new to them, for nine users in ten at most.</summary>
    public double NewItemShare { get; init; }
}

/// <summary>Counts of a night, as the ledger keeps them. Nothing here names a user.</summary>
internal sealed record IngestReport
{
    /// <summary>All files ever read, as they count tonight.</summary>
    public required RowCounts Total { get; init; }

    /// <summary>The files that are new tonight.</summary>
    public required RowCounts New { get; init; }

    public required IReadOnlyList<FileReport> Files { get; init; }

    /// <summary>New files that could not be read and were left for the next night, each with its cause.</summary>
    public IReadOnlyList<string> Unreadable { get; init; } = [];

    /// <summary>Files of the item and user tables that could not be read and were left out, each with its cause.</summary>
    public IReadOnlyList<string> UnreadableTables { get; init; } = [];

    /// <summary>Status -> rows, over all files; only statuses that occur.</summary>
    public required IReadOnlyDictionary<string, long> RowsByFate { get; init; }

    /// <summary>Status -> rows, over tonight's files.</summary>
    public required IReadOnlyDictionary<string, long> NewRowsByFate { get; init; }

    /// <summary>Kind -> kept rows, over all files.</summary>
    public required IReadOnlyDictionary<string, long> KeptByKind { get; init; }

    /// <summary>Kept rows that carry no weight: a kind of weight 0, or a rating below the threshold.</summary>
    public required long KeptWithoutWeight { get; init; }

    /// <summary>Pieces of returns beyond what purchases could answer for, within returns that were netted in part.</summary>
    public required double UnmatchedReturnedPieces { get; init; }

    /// <summary>Users with at least one interaction.</summary>
    public required int Users { get; init; }

    /// <summary>Items with at least one interaction.</summary>
    public required int Items { get; init; }

    /// <summary>Length of the user index space, and of the item index space.</summary>
    public required int UserIds { get; init; }

    public required int ItemIds { get; init; }

    public required int Pairs { get; init; }

    /// <summary>Pairs / (Users x Items).</summary>
    public required double Density { get; init; }

    /// <summary>ISO 8601, of kept rows; null where the log has no time.</summary>
    public required string? FirstEvent { get; init; }

    public required string? LastEvent { get; init; }

    public required int AvailableItems { get; init; }

    /// <summary>Days for which an item that nobody has met is new; 0: age does not matter.</summary>
    public double NewDays { get; init; }

    public required ItemConflicts Conflicts { get; init; }

    public required HoldOutReport HoldOut { get; init; }

    public required HoldOutReport Validation { get; init; }

    public required IReadOnlyList<ConstraintResult> Constraints { get; init; }

    internal static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter() },
    };

    internal void Write(string path) => File.WriteAllBytes(path, JsonSerializer.SerializeToUtf8Bytes(this, Json));

    internal static IngestReport Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<IngestReport>(File.ReadAllBytes(path), Json)
                ?? throw new ArtifactException(path, "it is empty; run again from ingest");
        }
        catch (Exception e) when (e is JsonException or FileNotFoundException)
        {
            throw new ArtifactException(path, $"no report can be read from it ({e.Message}); run again from ingest", e);
        }
    }
}
