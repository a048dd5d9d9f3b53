using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Recsys.Batch.Jobs.Cli;
using Recsys.Batch.Jobs.Tests.Cli;

namespace Recsys.Batch.Jobs.Tests.Host;

[TestClass]
internal sealed class ServeCommandTests
{
    private static string NewFolder() => Directory.CreateTempSubdirectory("recsys-serve-").FullName;

    [TestMethod]
    [Timeout(60_000)]
    public async Task Serve_answers_until_it_is_stopped_and_ends_well()
    {
        string folder = NewFolder();
        using var stop = new CancellationTokenSource();
        using var stdout = new FirstLine();
        using var stderr = new StringWriter();
        var serving = CommandLine.RunAsync(
            ["serve", "--json", "--development", "--urls", "http://127.0.0.1:0", "--out", Path.Combine(folder, "out")],
            new CliContext { Out = stdout, Error = stderr, Folder = folder }, stop.Token);
        await Task.WhenAny(serving, stdout.Written);
        Assert.IsFalse(serving.IsCompleted, stderr.ToString());
        using var welcome = JsonDocument.Parse(await stdout.Written);
        using var client = new HttpClient { BaseAddress = new Uri(welcome.RootElement.GetProperty("urls")[0].GetString()!) };

        Assert.AreEqual(HttpStatusCode.OK, (await client.GetAsync("/health/live")).StatusCode);
        await stop.CancelAsync();

        Assert.AreEqual(0, await serving);
        Directory.Delete(folder, recursive: true);
    }

    [TestMethod]
    public async Task A_port_that_is_taken_is_one_message_and_exit_2()
    {
        string folder = NewFolder();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        string url = $"http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}";

        var called = await Called.With("serve", "--development", "--urls", url, "--out", Path.Combine(folder, "out"));

        Assert.AreEqual(2, called.ExitCode, called.ToString());
        StringAssert.Contains(called.Error, url);
        Assert.AreEqual(1, called.Error.Trim().Split('\n').Length, called.Error);
        Directory.Delete(folder, recursive: true);
    }

    [TestMethod]
    [DataRow("localhost:5080", "Serve:Urls:0 is 'localhost:5080'")]
    [DataRow("http://localhost:99999", "Serve:Urls:0 is 'http://localhost:99999'")]
    [DataRow("http://localhost:5080/path", "Serve:Urls:0 is")]
    [DataRow("http://0.0.0.0:5080", "which others reach")]
    public async Task An_address_that_cannot_or_must_not_be_used_is_refused(string url, string message)
    {
        var called = await Called.With("serve", "--development", "--urls", url);

        Assert.AreEqual(2, called.ExitCode, called.ToString());
        StringAssert.Contains(called.Error, message);
    }

    [TestMethod]
    public async Task A_password_in_the_place_of_its_hash_is_refused_and_not_repeated()
    {
        var called = await Called.With("serve", "--set", "Serve:Users:0:Name=ann", "--set", "Serve:Users:0:PasswordHash=hunter2hunter2");

        Assert.AreEqual(2, called.ExitCode, called.ToString());
        StringAssert.Contains(called.Error, "Serve:Users:0:PasswordHash");
        Assert.IsFalse(called.Error.Contains("hunter2", StringComparison.Ordinal), called.Error);
    }

    [TestMethod]
    public async Task Hash_password_reads_standard_input_and_prints_no_password()
    {
        var called = await Called.With(s => s with { In = new StringReader("correct horse battery\n") }, "serve", "hash-password");

        Assert.AreEqual(0, called.ExitCode, called.ToString());
        StringAssert.StartsWith(called.Out, "pbkdf2-sha512$210000$");
        Assert.AreEqual(2, (await Called.With(s => s with { In = new StringReader("short\n") }, "serve", "hash-password")).ExitCode);
    }

    /// <summary>Gives the first whole line, here the one object, as soon as it is written.</summary>
    private sealed class FirstLine : StringWriter
    {
        private readonly TaskCompletionSource<string> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<string> Written => _first.Task;

        public override void WriteLine(string? value) => _first.TrySetResult(value!);
    }
}
