using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Ingest;

/// <summary>The files that ingest leaves in its output folder, and how to read them back.</summary>
internal static class IngestArtifacts
{
    /// <summary>Everything the next night needs: pass it on as <see cref="IngestInputs.PreviousState"/>. Never changed in place.</summary>
    public const string State = "state.bin";

    public const string Interactions = "interactions.bin";

    /// <summary>Purchases one by one: <see cref="PurchaseLog"/>.</summary>
    public const string Purchases = "purchases.bin";

    /// <summary>A mark a user: <see cref="ReadHistoryMarks"/>.</summary>
    public const string Histories = "histories.bin";

    public const string Users = "users.bin";

    public const string Items = "items.bin";

    public const string Catalog = "catalog.bin";

    /// <summary>The test window, for evaluate.</summary>
    public const string HoldOut = "holdout.bin";

    /// <summary>The window before it, for tuning.</summary>
    public const string Validation = "validation.bin";

    /// <summary>Two numbers: <see cref="NewItemHabits"/>.</summary>
    public const string NewItems = "new_items.bin";

    /// <summary>User-aligned segments; there only where a user table is configured.</summary>
    public const string Segments = "segments.bin";

    /// <summary>Items' further columns, for rules; there only where one is mapped.</summary>
    public const string ItemAttributes = "item_attributes.bin";

    /// <summary>Users' further columns, for rules; there only where one is mapped.</summary>
    public const string UserAttributes = "user_attributes.bin";

    /// <summary><see cref="IngestReport"/> as JSON, constraints included.</summary>
    public const string Quality = "quality.json";

    /// <summary>Rows quarantined this night: file, row, reason, column, value.</summary>
    public const string Quarantine = "quarantine.parquet";

    /// <summary>All of them that a run without a user table has.</summary>
    public static IReadOnlyList<string> Always { get; } =
        [State, Interactions, Purchases, Histories, Users, Items, Catalog, NewItems, HoldOut, Validation, Quality, Quarantine];

    /// <summary>Windows before the validation window, the newest first; there only where somebody asks for them.</summary>
    /// <param name="count">0 up.</param>
    public static IEnumerable<string> Earlier(int count) => Enumerable.Range(2, count).Select(n => $"validation-{n}.bin");

    private const string Section = "ingest";

    public static InteractionMatrix ReadInteractions(string folder) => Open(folder, Interactions).ReadInteractions(Section);

    public static PurchaseLog ReadPurchases(string folder) => PurchaseLog.Read(Open(folder, Purchases));

    /// <summary>Equal marks of a user in two runs: the user's row of the interactions came of equal events, weighed alike. 0: none counts.</summary>
    public static ulong[] ReadHistoryMarks(string folder) => Open(folder, Histories).Read<ulong>(Section);

    public static IdMap ReadUsers(string folder) => Open(folder, Users).ReadIds(Section);

    public static IdMap ReadItems(string folder) => Open(folder, Items).ReadIds(Section);

    public static Catalog ReadCatalog(string folder) => Open(folder, Catalog).ReadCatalog(Section);

    public static HoldOut ReadHoldOut(string folder) => Open(folder, HoldOut).ReadHoldOut(Section);

    /// <summary>How many pairs lie before the test window, without reading them.</summary>
    public static int PairsBeforeHoldOut(string folder) => Open(folder, HoldOut).HoldOutPairs(Section);

    public static HoldOut ReadValidation(string folder) => Open(folder, Validation).ReadHoldOut(Section);

    public static IReadOnlyList<HoldOut> ReadEarlier(string folder, int count) => [.. Earlier(count).Select(file => Open(folder, file).ReadHoldOut(Section))];

    public static NewItemHabits ReadNewItems(string folder)
    {
        var numbers = Open(folder, NewItems).Read<double>(Section);
        return new(numbers[0], numbers[1]);
    }

    /// <summary>A segment a user index, null where a user has none; null as a whole where no user table was configured.</summary>
    public static string?[]? ReadSegments(string folder) =>
        File.Exists(Path.Combine(folder, Segments)) ? Open(folder, Segments).ReadStrings(Section) : null;

    /// <summary>Null where the run had none.</summary>
    public static AttributeTable? ReadAttributes(string folder, string file) =>
        File.Exists(Path.Combine(folder, file)) ? AttributeTable.Read(Open(folder, file)) : null;

    public static IngestReport ReadReport(string folder) => IngestReport.Read(Path.Combine(folder, Quality));

    internal static void Write(string folder, string file, Action<ArtifactWriter, string> write)
    {
        using var writer = new ArtifactWriter(Path.Combine(folder, file));
        write(writer, Section);
        writer.Complete();
    }

    private static ArtifactReader Open(string folder, string file) => new(Path.Combine(folder, file));
}
