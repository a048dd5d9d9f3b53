using System.Net;
using Recsys.Batch.Tests.Shared;

namespace Recsys.Batch.Jobs.Tests.Host;

/// <summary>The database is away for a while, under a host that is asked all along.</summary>
[TestClass]
internal sealed class OutageTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [TestMethod]
    public async Task A_database_that_is_away_is_503_and_two_lines_in_the_log()
    {
        using var line = new CutLine();
        await using var host = await TestHost.Start(settings:
        [
            .. TestHost.Credentials, "Publish:Store=PostgreSql", $"Publish:Connection={line.Connection}", $"Publish:Schema={PostgresServer.NewSchema()}",
            "Scheduler:Store=PostgreSql", "Scheduler:PollInterval=00:00:01", "Alerts:CheckInterval=00:00:01",
        ]);
        SeededLists.Publish(host.Store, "v1", TimeProvider.System.GetUtcNow(), ["plain"]);
        using var program = host.Client(TestHost.ViewerKey);
        using var person = await host.SignedIn("olga");
        person.DefaultRequestHeaders.Accept.ParseAdd("text/html");
        string[] addresses = ["/v1/users/plain/recommendations", "/v1/versions/current", "/metrics"];
        foreach (string address in addresses) Assert.AreEqual(HttpStatusCode.OK, (await program.GetAsync(address)).StatusCode, address);
        int before = host.Log.Length;

        line.Cut();
        foreach (string address in addresses)
        {
            var answer = await program.GetAsync(address);
            Assert.AreEqual(HttpStatusCode.ServiceUnavailable, answer.StatusCode, address);
            Assert.AreEqual("5", answer.Headers.RetryAfter?.ToString(), address);
            Assert.AreEqual("application/problem+json", answer.Content.Headers.ContentType?.MediaType, address);
        }
        foreach (string address in (string[])["/", "/runs", "/hangfire"])
        {
            foreach (var client in (HttpClient[])[person, program])
            {
                client.DefaultRequestHeaders.Accept.ParseAdd("text/html");
                var answer = await client.GetAsync(address);
                Assert.AreEqual(HttpStatusCode.ServiceUnavailable, answer.StatusCode, address);
                StringAssert.Contains(await answer.Content.ReadAsStringAsync(), "<h1>Not ready</h1>", address);
            }
        }
        var probe = await program.GetAsync("/health/ready");
        Assert.AreEqual(HttpStatusCode.ServiceUnavailable, probe.StatusCode);
        Assert.AreEqual("""{"status":"not ready","checks":{"database":"out of reach"}}""", await probe.Content.ReadAsStringAsync());
        await Until(() => host.Log.Contains("The database does not answer", StringComparison.Ordinal), host);
        // Hangfire's workers and the alerts' look meet it too, several times.
        await Task.Delay(TimeSpan.FromSeconds(4));

        line.Mend();
        await Until(() => host.Log.Contains("The database answers again", StringComparison.Ordinal), host);
        foreach (string address in addresses) Assert.AreEqual(HttpStatusCode.OK, (await program.GetAsync(address)).StatusCode, address);
        Assert.AreEqual(HttpStatusCode.OK, (await person.GetAsync("/")).StatusCode);
        // Alerts of old data, which the made lists give, may come at any moment.
        string[] said =
        [
            .. host.Log[before..].Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Where(l => !l.Contains("AlertWatch: Alert (data)", StringComparison.Ordinal)),
        ];
        Assert.HasCount(2, said, string.Join('\n', said));
        StringAssert.Contains(said[0], "error OutageWatch: The database does not answer");
        StringAssert.Contains(said[1], "warning OutageWatch: The database answers again, after");
    }

    private static async Task Until(Func<bool> holds, TestHost host)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!holds())
        {
            if (patience.IsCancellationRequested) Assert.Fail("waited in vain:\n" + host.Log);
            await Task.Delay(50);
        }
    }
}
