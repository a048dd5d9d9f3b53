using System.Globalization;
using System.Text;
using Recsys.Batch.Jobs.Tests.Cli;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Jobs.Tests.Night;

/// <summary>Nights from the command line with factors that were trained elsewhere, a column a factor: one for each taste of the shop.</summary>
[TestClass]
internal sealed class ImportedFactorsTests : IDisposable
{
    private static readonly string[] Imported =
    [
        "Train:Algorithm=imported", "Train:Imported:UserFactors=FOLDER/users.parquet", "Train:Imported:ItemFactors=FOLDER/items.parquet",
        "Train:Imported:FactorsColumns:0=even", "Train:Imported:FactorsColumns:1=odd", "Embed:Model=none",
    ];

    private readonly SmallShop _shop = new SmallShop().With(SmallShop.TwoTastes());

    public ImportedFactorsTests()
    {
        Write("users", Enumerable.Range(0, 40).Select(u => (Id("u", u), u % 2 == 0)));
        Write("items", Enumerable.Range(0, 16).Select(i => (Id("i", i), i < 8)));
    }

    public void Dispose() => _shop.Dispose();

    [TestMethod]
    public async Task A_night_nobody_can_measure_is_refused_and_published_when_asked_for()
    {
        var refused = await Night();
        Assert.AreEqual(3, refused.ExitCode, refused.ToString());
        StringAssert.Contains(refused.Out + refused.Error, "not evaluated: trained elsewhere on everything; give Train:Imported:HoldOut");

        var published = await Night("Train:Imported:PublishUnevaluated=true");
        Assert.AreEqual(0, published.ExitCode, published.ToString());
        StringAssert.Contains(published.Out, "not evaluated");
        var list = await _shop.Run("lists", "u00");
        StringAssert.Contains(list.Out, "i0");
    }

    [TestMethod]
    public async Task Eval_wants_factors_that_have_not_seen_the_test()
    {
        string log = Path.Combine(_shop.Folder, "log", "a.parquet");
        var called = await Called.With(["eval", "--train", log, "--test", log, "--k", "5", .. Sets("Eval:Columns:User=user", "Eval:Columns:Item=item")]);

        Assert.AreEqual(2, called.ExitCode, called.ToString());
        StringAssert.Contains(called.Error, "Train:Imported:HoldOut is missing");
    }

    private Task<Called> Night(params string[] more) => _shop.Run(["run", "nightly", .. Sets(more)]);

    private IEnumerable<string> Sets(params string[] more) =>
        Imported.Concat(more).SelectMany(s => (string[])["--set", s.Replace("FOLDER", _shop.Folder, StringComparison.Ordinal)]);

    private static string Id(string prefix, int number) => string.Create(CultureInfo.InvariantCulture, $"{prefix}{number:D2}");

    private void Write(string name, IEnumerable<(string Id, bool Even)> rows)
    {
        ColumnField[] fields = [new("id", ColumnType.Utf8), new("even", ColumnType.Double), new("odd", ColumnType.Double)];
        var all = rows.ToList();
        using var writer = ParquetFiles.Writer().Create(Path.Combine(_shop.Folder, name + ".parquet"), fields);
        writer.Append(
            [
                new Utf8Column(
                    fields[0], all.Count, [.. Enumerable.Range(0, all.Count + 1).Select(i => 3 * i)],
                    Encoding.UTF8.GetBytes(string.Concat(all.Select(r => r.Id)))),
                new ValueColumn<double>(fields[1], all.Count, [.. all.Select(r => r.Even ? 1.0 : 0.1)]),
                new ValueColumn<double>(fields[2], all.Count, [.. all.Select(r => r.Even ? 0.1 : 1.0)]),
            ],
            all.Count);
        writer.Complete();
    }
}
