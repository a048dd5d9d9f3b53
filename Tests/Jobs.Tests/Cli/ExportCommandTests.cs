using System.Text;
using Recsys.Batch.Jobs.Tests.Night;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Jobs.Tests.Cli;

/// <summary>A version for somebody who must not know who is who.</summary>
[TestClass]
internal sealed class ExportCommandTests : IDisposable
{
    private readonly SmallShop _shop = new();

    public void Dispose() => _shop.Dispose();

    [TestMethod]
    public async Task An_export_has_all_lists_under_the_same_hashes_and_tells_no_order()
    {
        _shop.With(SmallShop.TwoTastes());
        Assert.AreEqual(0, (await _shop.Run("run", "nightly")).ExitCode);

        foreach (string name in (string[])["a", "b"])
        {
            var called = await _shop.Run("versions", "export", "--to", To(name));
            Assert.AreEqual(0, called.ExitCode, called.ToString());
            StringAssert.Contains(called.Out, "200 rows of user_recommendations");
        }

        var plain = Lists(Directory.GetDirectories(Path.Combine(_shop.Output, "versions")).Single());
        var masked = Lists(To("a"));
        CollectionAssert.AreEqual(masked.Select(l => l.ToString()).ToArray(), Lists(To("b")).Select(l => l.ToString()).ToArray());
        Assert.HasCount(plain.Count, masked);
        CollectionAssert.AreEquivalent(plain.Select(l => l.Items).ToArray(), masked.Select(l => l.Items).ToArray());
        Assert.IsTrue(masked.All(l => l.User.StartsWith("u-", StringComparison.Ordinal) && l.User.Length == 34));
        CollectionAssert.AreEqual(masked.Select(l => l.User).Order(StringComparer.Ordinal).ToArray(), masked.Select(l => l.User).ToArray());
        CollectionAssert.AreNotEqual(plain.Select(l => l.Items).ToArray(), masked.Select(l => l.Items).ToArray());
        foreach (string table in (string[])["segment_defaults", "item_neighbors"])
            Assert.IsTrue(File.Exists(Path.Combine(To("a"), table, "part-00001.parquet")));
        // Another key, other hashes.
        await _shop.Run("versions", "export", "--to", To("c"), "--set", "Privacy:Key=" + new string('7', 64));
        Assert.IsFalse(Lists(To("c")).Select(l => l.User).Intersect(masked.Select(l => l.User)).Any());
    }

    [TestMethod]
    [DataRow("is there already; expected a name for a new folder", "--to", ".")]
    [DataRow("there is no complete version 'nowhere'; complete ones: 2011-", "nowhere", "--to", "new")]
    public async Task What_cannot_be_exported_is_exit_code_2(string said, params string[] args)
    {
        _shop.With(SmallShop.TwoTastes());
        Assert.AreEqual(0, (await _shop.Run("run", "nightly")).ExitCode);

        var refused = await _shop.Run(["versions", "export", .. args]);

        Assert.AreEqual(2, refused.ExitCode, refused.ToString());
        StringAssert.Contains(refused.Error, said);
    }

    private string To(string name) => Path.Combine(_shop.Folder, name);

    private static List<(string User, string Items)> Lists(string folder) =>
    [
        .. Directory.GetFiles(Path.Combine(folder, "user_recommendations")).Order(StringComparer.Ordinal)
            .SelectMany(f => ParquetFiles.Reader().Read(f, ["user_id", "rank", "item_id", "score"]))
            .SelectMany(b => Enumerable.Range(0, b.RowCount).Select(row => (
                User: Encoding.UTF8.GetString(b.Column<Utf8Column>("user_id")[row]), Rank: b.Column<ValueColumn<int>>("rank").Values[row],
                Item: Encoding.UTF8.GetString(b.Column<Utf8Column>("item_id")[row]), Score: b.Column<ValueColumn<double>>("score").Values[row])).ToList())
            .GroupBy(r => r.User)
            .Select(g => (g.Key, string.Join(' ', g.Select(r => $"{r.Rank}:{r.Item}:{r.Score}")))),
    ];
}
