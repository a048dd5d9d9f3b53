using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Ingest.Reading;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Tests.Ingest;

[TestClass]
internal sealed class RealLogTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recsys-retail-").FullName;

    private static string Shipped
    {
        get
        {
            var at = new DirectoryInfo(AppContext.BaseDirectory);
            while (at is not null && !File.Exists(Path.Combine(at.FullName, "Recsys.Batch.sln"))) at = at.Parent;
            return Path.Combine(at!.FullName, "data", "online-retail", "transactions");
        }
    }

    [TestCleanup]
    public void Clean() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void Online_Retail_comes_out_clean_with_every_row_accounted_for()
    {
        var night = Stage().Run(new(), Retail(Shipped), Path.Combine(_folder, "night"), StageContext.Quiet(2));

        var report = night.Report;
        Assert.AreEqual(541_909, report.Total.Rows);
        Assert.AreEqual(135_080, report.RowsByFate["null_user"]);
        Assert.AreEqual(70, report.Files.Count);
        Assert.IsTrue(report.Total.Balanced && report.Files.All(f => f.Counts.Balanced));
        Assert.AreEqual(report.Total.Quarantined, Rows(Path.Combine(_folder, "night", IngestArtifacts.Quarantine)));
        Assert.AreEqual("2011-12-09T12:50:00Z", report.LastEvent);
        Assert.AreEqual(-1, night.Items.Find("POST"));
        Assert.AreEqual(-1, night.Items.Find("23444"), "next day carriage is known by its text");
        Assert.AreEqual("WHITE HANGING HEART T-LIGHT HOLDER", night.Catalog.Titles[night.Items.Find("85123A")]);
        Assert.AreEqual(2.95, night.Catalog.Prices[night.Items.Find("85123A")]);
        // One customer ordered 80,995 paper birdies and sent them back twelve minutes later.
        Assert.AreEqual(0, night.Interactions.ByItem.RowLength(night.Items.Find("23843")));
        Assert.AreEqual(1_317_427_200u, night.HoldOut.Cut);
        Assert.IsTrue(report.HoldOut is { TestPairs: > 100_000, NewPairs: > 70_000, ColdItemPairs: > 5_000 });
        Assert.IsFalse(report.Constraints.Any(c => c.Level == ConstraintLevel.Fail));
    }

    [TestMethod]
    public void Nights_over_real_files_give_what_one_night_gives()
    {
        string[] days = ["date=2011-12-05", "date=2011-12-06", "date=2011-12-07", "date=2011-12-08", "date=2011-12-09"];
        string logs = Path.Combine(_folder, "logs");
        var options = Retail(logs);
        options.HoldOut = new() { Share = 0.2 };
        string? state = null;
        IngestResult? last = null;
        foreach (string day in days)
        {
            Directory.CreateDirectory(Path.Combine(logs, day));
            File.Copy(Path.Combine(Shipped, day, "part.parquet"), Path.Combine(logs, day, "part.parquet"));
            last = Stage().Run(new(state), options, Path.Combine(_folder, day), StageContext.Quiet(2));
            state = Path.Combine(_folder, day, IngestArtifacts.State);
            Assert.IsFalse(last.Report.Constraints.Any(c => c.Level == ConstraintLevel.Fail), $"{day} is a real day: the default bounds must let it pass");
        }

        var once = Stage().Run(new(), options, Path.Combine(_folder, "once"), StageContext.Quiet(1));

        Assert.AreEqual(once.Report.Total, last!.Report.Total);
        Assert.AreEqual("events:date=2011-12-09/part.parquet", last.Report.Files.Single(f => f.New).File);
        foreach (string file in IngestArtifacts.Always.Except([IngestArtifacts.Quality, IngestArtifacts.Quarantine]))
            CollectionAssert.AreEqual(File.ReadAllBytes(Path.Combine(_folder, "once", file)), File.ReadAllBytes(Path.Combine(_folder, days[^1], file)), file);
    }

    [TestMethod]
    public void Gowalla_loads_as_its_split_says()
    {
        string folder = SharedData.Folder("gowalla");

        var split = PairFiles.Load(ParquetFiles.Reader(), Path.Combine(folder, "train.parquet"), Path.Combine(folder, "test.parquet"));

        Assert.AreEqual((29_858, 40_981), (split.Users.Count, split.Items.Count));
        Assert.AreEqual((810_128, 217_242), (split.Train.Count, split.Test.Count));
        Assert.IsNull(split.Train.LastSeen);
    }

    private static IngestStage Stage() => new(ParquetFiles.Reader(), ParquetFiles.Writer());

    private static long Rows(string file) => ParquetFiles.Reader().Inspect(file).Rows;

    private static IngestOptions Retail(string path) => new()
    {
        Events =
        [
            new()
            {
                Path = path,
                Columns = new()
                {
                    User = "customer_id",
                    Item = "stock_code",
                    Time = "invoice_date",
                    Quantity = "quantity",
                    Price = "unit_price",
                    Text = "description",
                    Group = "invoice_no",
                },
                ReturnGroupPrefix = "C",
            },
        ],
        NonProducts = ["(?i)^(POST|D|DOT|M|S|B|C2|CRUK|PADS|BANK CHARGES|AMAZONFEE|DCGSSBOY|DCGSSGIRL|gift_.*|TEST.*|ADJUST.*)$"],
        NonProductTexts = ["(?i)^(next day carriage|high resolution image)$"],
        HoldOut = new() { Cut = "2011-10-01", ValidationCut = "2011-09-01" },
    };
}
