using System.Text.Json;
using System.Text.RegularExpressions;
using Recsys.Batch.Jobs.Tests.Host;

namespace Recsys.Batch.Jobs.Tests.Cli;

/// <summary>Where a person reads that a key of the configuration went: stderr of a command, the log of a host, a finding of <c>doctor</c>.</summary>
[TestClass]
internal sealed class RetiredKeyWarningTests
{
    private const string Warning =
        "Scheduler:Engine (from --set) is ignored: Hangfire is the only scheduler engine. Remove the key; the next version refuses it";

    private readonly string _folder = Directory.CreateTempSubdirectory("recsys-retired-").FullName;

    [TestCleanup]
    public void Clean() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public async Task A_command_warns_once_on_stderr_and_goes_on()
    {
        string[] generate = ["generate", "--users", "20", "--items", "10", "--events", "100", "--days", "1", "--out", Path.Combine(_folder, "shop"), "--json"];

        var called = await Called.With([.. generate, "--set", "Scheduler:Engine=quartz"]);

        Assert.AreEqual(0, called.ExitCode, called.ToString());
        Assert.AreEqual("warning: " + Warning, called.Error.Trim());
        using var json = JsonDocument.Parse(called.Out);
    }

    [TestMethod]
    public async Task A_host_warns_in_its_log_and_takes_Hangfire()
    {
        await using var host = await TestHost.Start(settings: [.. TestHost.Credentials, "Scheduler:Engine=quartz"]);

        StringAssert.Contains(host.Log, "warning Settings: " + Warning);
        using var vera = await host.SignedIn("vera");
        StringAssert.Contains(await vera.GetStringAsync("/"), "href=\"/hangfire\"");
    }

    [TestMethod]
    public async Task Doctor_lists_it_as_outdated_and_finds_nothing_wrong()
    {
        string[] doctor = ["doctor", "--out", _folder, "--set", "Scheduler:Engine=quartz"];
        var called = await Called.With([.. doctor, "--json"]);

        using var json = JsonDocument.Parse(called.Out);
        var findings = json.RootElement.GetProperty("findings").EnumerateArray()
            .Select(f => $"{f.GetProperty("area")} {f.GetProperty("name")} {f.GetProperty("state")}: {f.GetProperty("value")}")
            .Where(f => f.StartsWith("settings ", StringComparison.Ordinal)).ToList();
        CollectionAssert.Contains(findings, "settings retired key outdated: " + Warning);
        Assert.ContainsSingle(f => Regex.IsMatch(f, @"^settings scheduler fine: Hangfire \d+\.\d+\.\d+, queue in memory$"), findings);
        Assert.IsFalse(findings.Any(f => f.StartsWith("settings fault", StringComparison.Ordinal)), called.ToString());
        Assert.AreEqual("", called.Error);
        StringAssert.Contains((await Called.With(doctor)).Out, "old is refused by the next version");
    }
}
