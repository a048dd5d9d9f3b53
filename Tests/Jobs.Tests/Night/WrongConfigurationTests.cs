namespace Recsys.Batch.Jobs.Tests.Night;

/// <summary>What people get wrong first: each ends with one message that says what to do, and its exit code; nothing is published.</summary>
[TestClass]
internal sealed class WrongConfigurationTests : IDisposable
{
    private readonly SmallShop _shop = new();

    public void Dispose() => _shop.Dispose();

    private async Task<string> Fails(int exitCode, params string[] settings)
    {
        var called = await _shop.Run(["run", "nightly", .. settings.SelectMany(s => new[] { "--set", s })]);

        Assert.AreEqual(exitCode, called.ExitCode, called.ToString());
        Assert.IsFalse(called.Error.Contains("   at ", StringComparison.Ordinal), "a stack trace is not a message");
        Assert.IsFalse(File.Exists(Path.Combine(_shop.Output, "current")));
        return called.Error.Trim();
    }

    private static void IsOneLine(string message) => Assert.AreEqual(1, message.Split('\n').Length, message);

    [TestMethod]
    public async Task An_unknown_key()
    {
        _shop.With(SmallShop.TwoTastes());
        string message = await Fails(2, "Train:Als:Itterations=3");
        IsOneLine(message);
        StringAssert.StartsWith(message, "Train:Als:Itterations = '3' (from --set) is not a key of Train:Als; the nearest known key is Train:Als:Iterations;");
    }

    [TestMethod]
    public async Task A_value_of_the_wrong_type()
    {
        _shop.With(SmallShop.TwoTastes());
        string message = await Fails(2, "Train:Als:Rank=large");
        IsOneLine(message);
        StringAssert.StartsWith(message, "Train:Als:Rank is 'large' (from --set); expected a whole number");
    }

    [TestMethod]
    public async Task A_wrong_unit()
    {
        _shop.With(SmallShop.TwoTastes());
        StringAssert.Contains(
            await Fails(2, "Ingest:Events:0:EpochUnit=ms"),
            "Ingest:Events:0:EpochUnit is 'ms' (from --set); expected one of Seconds, Milliseconds, Microseconds, Nanoseconds");
        StringAssert.Contains(await Fails(2, "Ingest:HalfLifeDays=30d"), "Ingest:HalfLifeDays is '30d' (from --set); expected a number");
    }

    [TestMethod]
    public async Task A_column_that_the_log_lacks()
    {
        _shop.With(SmallShop.TwoTastes());
        string message = await Fails(2, "Ingest:Events:0:Columns:User=customer");
        IsOneLine(message);
        StringAssert.Contains(message, "Columns:User");
        StringAssert.Contains(message, "'customer'");
        StringAssert.Contains(message, "user, item, time, qty");
    }

    [TestMethod]
    public async Task A_negative_lambda()
    {
        _shop.With(SmallShop.TwoTastes());
        string message = await Fails(2, "Diversify:Lambda=-0.5");
        IsOneLine(message);
        StringAssert.StartsWith(message, "Diversify:Lambda is -0.5; expected ");
        StringAssert.StartsWith(await Fails(2, "Train:Als:Regularization=-1"), "Train:Als:Regularization is -1; expected ");
    }

    [TestMethod]
    public async Task Several_faults_come_at_once()
    {
        _shop.With(SmallShop.TwoTastes());
        string message = await Fails(2, "Diversify:Lambda=-0.5", "Runs:Threads=-1", "Publisch:Path=x");
        Assert.AreEqual(3, message.Split('\n').Length, message);
    }

    [TestMethod]
    public async Task No_log_at_all()
    {
        _shop.With(SmallShop.TwoTastes());
        string message = await Fails(1, $"Ingest:Events:0:Path={Path.Combine(_shop.Folder, "elsewhere")}");
        IsOneLine(message);
        StringAssert.Contains(message, "elsewhere");
    }

    [TestMethod]
    public async Task An_empty_log()
    {
        _shop.With([]);
        string message = await Fails(1);
        IsOneLine(message);
        StringAssert.Contains(message, "the log is empty");
    }

    [TestMethod]
    public async Task All_rows_quarantined()
    {
        _shop.With(SmallShop.TwoTastes().Select(r => ((string?)null, r.Item, r.Day, r.Quantity)));
        string message = await Fails(1);
        IsOneLine(message);
        StringAssert.Contains(message, "all 280 rows were quarantined");
        StringAssert.Contains(message, "280 null_user");
    }

    [TestMethod]
    public async Task One_user() => await IsRefused(SmallShop.TwoTastes().Select(r => ((string?)"u", r.Item, r.Day, r.Quantity)), "data.users");

    [TestMethod]
    public async Task One_item() => await IsRefused(SmallShop.TwoTastes().Select(r => (r.User, "i", r.Day, r.Quantity)), "data.items");

    private async Task IsRefused(IEnumerable<(string? User, string Item, int Day, int Quantity)> rows, string check)
    {
        _shop.With(rows);
        string message = await Fails(3);
        StringAssert.Matches(message, new($"data gate refused: {System.Text.RegularExpressions.Regex.Escape(check)}: .*: 1; expected at least 2"));
        StringAssert.Contains(message, "Published lists stay as they were. Mend what the check is about");
    }
}
