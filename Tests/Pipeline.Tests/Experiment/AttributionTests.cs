using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Experiment;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Pipeline.Tests.Experiment;

/// <summary>Which list a purchase is of.</summary>
[TestClass]
internal sealed class AttributionTests
{
    private const uint Day = 86_400, Begin = 1_000 * Day;

    private string _folder = "";

    [TestInitialize]
    public void Open() => _folder = Directory.CreateTempSubdirectory("recsys-attribution-").FullName;

    [TestCleanup]
    public void Close() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void A_purchase_is_of_the_last_list_that_had_its_item_in_time()
    {
        // v1 is current for five days. After that its a can be bought for seven days more; c was not on a list yet; b is on both.
        var rows = Run(
            [("u", "a", 3), ("u", "a", 9), ("u", "a", 13), ("u", "b", 6), ("u", "c", 2)], First(("u", "a"), ("u", "b")), Second(("u", "b"), ("u", "c")));

        Assert.AreEqual("v1 2, v2 1", Told(rows, "version"));
        Assert.AreEqual("personal 3", Told(rows, "group"));
        Assert.AreEqual("user_recommendations 3", Told(rows, "place"));
    }

    [TestMethod]
    public void With_impressions_an_item_must_have_been_shown_before_it_was_bought()
    {
        var shown = new Shown { [("u", "a", "v1")] = [Begin + 2 * Day], [("u", "b", "v1")] = [Begin + 4 * Day] };

        // a was shown on day 2: day 1 is before it, day 3 is in time and day 10 is too late. b was shown on day 4.
        var rows = Run([("u", "a", 1), ("u", "a", 3), ("u", "a", 10), ("u", "b", 3)], shown, First(("u", "a"), ("u", "b")));

        Assert.AreEqual("v1 1", Told(rows, "version"));
    }

    [TestMethod]
    public void Groups_reasons_rules_and_places_have_rows_of_their_own()
    {
        var version = First(("u", "a"), ("u", "b"), ("w", "a")) with { Places = [Place(("u", "a"), ("u", "c"))] };
        Write(
            "v1", ["user_id", "item_id", "source", "reason_code", "promoted"],
            [["u", "a", "cf", "because_you_bought", ""], ["u", "b", "promoted", "promoted", "spring"], ["w", "a", "control", "popular", ""]]);

        var rows = Run([("u", "a", 1), ("u", "b", 1), ("u", "c", 1), ("w", "a", 1)], version);

        Assert.AreEqual("personal 2, control 1", string.Join(", ", Told(rows, "group").Split(", ").OrderDescending()));
        Assert.AreEqual("because_you_bought 1, promoted 1", Told(rows, "reason"));
        Assert.AreEqual("spring 1", Told(rows, "rule"));
        Assert.AreEqual("buy_it_again 2, user_recommendations 2", Told(rows, "place"));
        // Two rows of one customer within half an hour are one order; it cost 2 and 3 of it.
        var personal = rows.Single(r => r is { By: "group", Name: "personal" });
        Assert.AreEqual((1, 1, 1L, 5.0), (personal.Users, personal.Buyers, personal.Orders, personal.Revenue));
    }

    private static IReadOnlyList<AttributedRow> Run((string User, string Item, int Day)[] bought, params ListedVersion[] versions) =>
        Run(bought, null, versions);

    private static IReadOnlyList<AttributedRow> Run((string User, string Item, int Day)[] bought, Shown? shown, params ListedVersion[] versions)
    {
        var (users, items) = (new IdMap(2), new IdMap(3));
        foreach (string user in (string[])["u", "w"]) users.Add(user);
        foreach (string item in (string[])["a", "b", "c"]) items.Add(item);
        var sorted = bought.Select(b => (User: b.User == "u" ? 0 : 1, Second: Begin + (uint)b.Day * Day, Item: b.Item[0] - 'a')).Order().ToArray();
        var log = new PurchaseLog(
            [0, sorted.Count(s => s.User == 0), sorted.Length], [.. sorted.Select(s => s.Item)], [.. sorted.Select(s => s.Second)], null, HasTime: true);
        var pairs = sorted.Select(s => ListedItems.KeyOf(s.User, s.Item)).ToHashSet();
        var listed = versions.Select(v => ListedItems.Read(ParquetFiles.Reader(), v, users, items, pairs, CancellationToken.None)).ToArray();
        if (shown is not null) (shown.Users, shown.Items) = (users, items);
        return new Attribution(log, CustomerOrders.Of(log, [2, 3, 4], 30), listed, 7 * Day, shown).Run(CancellationToken.None);
    }

    private ListedVersion First(params (string User, string Item)[] lists) => Version("v1", 0, 5, lists);

    private ListedVersion Second(params (string User, string Item)[] lists) => Version("v2", 5, null, lists);

    private ListedVersion Version(string name, int from, int? until, (string User, string Item)[] lists) => new(
        name, Begin + from * Day, until is { } u ? Begin + u * Day : null,
        [Write(name, ["user_id", "item_id", "source", "reason_code", "promoted"], [.. lists.Select(l => new[] { l.User, l.Item, "cf", "popular", "" })])], []);

    private ListedPlace Place(params (string User, string Item)[] rows) =>
        new("buy_it_again", "item_id", [Write("place", ["user_id", "item_id"], [.. rows.Select(r => (string[])[r.User, r.Item])])]);

    private string Write(string name, string[] columns, string[][] rows)
    {
        string file = Path.Combine(_folder, name + ".parquet");
        ColumnField[] fields = [.. columns.Select(c => new ColumnField(c, ColumnType.Utf8, Nullable: false))];
        using var writer = ParquetFiles.Writer().Create(file, fields);
        writer.Append(
            [.. columns.Select((c, at) =>
            {
                var texts = new Utf8Rows(c);
                foreach (string[] row in rows) texts.Add(row[at]);
                return texts.Column();
            })],
            rows.Length);
        writer.Complete();
        return file;
    }

    private static string Told(IReadOnlyList<AttributedRow> rows, string by) =>
        string.Join(", ", rows.Where(r => r.By == by && r.Purchases > 0).Select(r => $"{r.Name} {r.Purchases}"));

    private sealed class Shown : Dictionary<(string User, string Item, string Version), long[]>, IShownItems
    {
        public IdMap? Users { get; set; }

        public IdMap? Items { get; set; }

        public long? LastShown(int user, int item, string version, long second) =>
            TryGetValue((Users!.Text(user), Items!.Text(item), version), out long[]? seconds) && seconds.Where(s => s <= second).ToArray() is [.., var last]
                ? last : null;
    }
}
