using System.Text.Json;

namespace Recsys.Batch.Jobs.Tests.Cli;

[TestClass]
internal sealed class CommandLineTests
{
    [TestMethod]
    public async Task A_misspelt_command_names_the_nearest_and_exits_2()
    {
        var called = await Called.With("serv");

        Assert.AreEqual(2, called.ExitCode);
        Assert.AreEqual("", called.Out);
        StringAssert.StartsWith(called.Error, "'serv' is not a command; the nearest is 'serve'; expected one of ");
    }

    [TestMethod]
    public async Task Under_json_a_failure_is_the_one_object_on_stdout()
    {
        var called = await Called.With("serve", "--json");

        Assert.AreEqual(2, called.ExitCode);
        using var json = JsonDocument.Parse(called.Out);
        Assert.AreEqual(2, json.RootElement.GetProperty("exit_code").GetInt32());
        Assert.AreEqual(called.Error.Trim(), json.RootElement.GetProperty("error").GetString());
    }

    [TestMethod]
    public async Task A_worker_without_a_shared_queue_is_told_which_key_to_set()
    {
        string output = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        var called = await Called.With("run", "worker", "--out", output);

        Assert.AreEqual(2, called.ExitCode);
        StringAssert.Contains(called.Error, "Scheduler:Store=PostgreSql");
        Assert.IsFalse(Directory.Exists(output), "nothing was made");
    }

    [TestMethod]
    public async Task Serve_without_users_and_keys_refuses_to_start_and_says_what_to_do()
    {
        var called = await Called.With("serve");

        Assert.AreEqual(2, called.ExitCode);
        StringAssert.Contains(called.Error, "serve hash-password");
        StringAssert.Contains(called.Error, "--development");
    }
}
