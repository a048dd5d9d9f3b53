using System.Net;
using System.Text.Json;
using Recsys.Batch.Jobs.Tests.Host;
using Recsys.Batch.Tests.Shared;

namespace Recsys.Batch.Jobs.Tests.Api;

/// <summary>What callers rely on whichever database the lists lie in.</summary>
internal abstract class ApiContract
{
    private protected abstract string[] Store();

    private async Task<TestHost> Start() => await TestHost.Start(settings: [.. TestHost.Credentials, .. Store()]);

    private static async Task<JsonElement> Json(HttpClient client, string path)
    {
        var answer = await client.GetAsync(path);
        string body = await answer.Content.ReadAsStringAsync();
        Assert.AreEqual(HttpStatusCode.OK, answer.StatusCode, body);
        using var document = JsonDocument.Parse(body);
        return document.RootElement.Clone();
    }

    [TestMethod]
    public async Task Every_user_however_named_gets_an_own_list_and_a_stranger_the_defaults()
    {
        await using var host = await Start();
        SeededLists.Publish(host.Store, "v1", DateTimeOffset.UnixEpoch, SeededLists.HostileUsers);
        using var client = host.Client(TestHost.ViewerKey);
        foreach (string user in SeededLists.HostileUsers.Where(u => u != ".."))
        {
            var list = await Json(client, $"/v1/users/{Uri.EscapeDataString(user)}/recommendations");
            Assert.IsTrue(list.GetProperty("personalized").GetBoolean(), user);
            Assert.AreEqual(user, list.GetProperty("user_id").GetString());
            Assert.AreEqual("<b>Title 0</b>", list.GetProperty("items")[0].GetProperty("title").GetString());
        }
        Assert.IsFalse((await Json(client, "/v1/users/nobody/recommendations")).GetProperty("personalized").GetBoolean());
        Assert.AreEqual("v1-1", (await Json(client, "/v1/items/v1-0/neighbors")).GetProperty("neighbors")[0].GetProperty("item_id").GetString());
        Assert.AreEqual("v1-2", (await Json(client, "/v1/segments/all")).GetProperty("items")[0].GetProperty("item_id").GetString());
        Assert.AreEqual("v1", (await Json(client, "/v1/versions/current")).GetProperty("version").GetString());
        StringAssert.Contains((await host.Raw("/health/ready", key: null)).Body, "\"ready\"");
    }

    [TestMethod]
    public async Task Answers_while_versions_are_published_are_of_one_version_and_none_fails()
    {
        await using var host = await Start();
        string[] users = [.. Enumerable.Range(0, 50).Select(u => $"user{u:D2}")];
        SeededLists.Publish(host.Store, "v0", DateTimeOffset.UnixEpoch, users, size: 10);
        using var client = host.Client(TestHost.ViewerKey);
        var seen = new HashSet<string>();
        bool done = false;
        var readers = Enumerable.Range(0, 4).Select(reader => Task.Run(async () =>
        {
            for (int i = reader; !Volatile.Read(ref done); i++)
            {
                // Every third caller is a stranger, who is answered from the defaults.
                var list = await Json(client, $"/v1/users/{(i % 3 == 0 ? "nobody" : users[i % users.Length])}/recommendations");
                string version = list.GetProperty("version").GetString()!;
                Assert.AreEqual(10, list.GetProperty("items").GetArrayLength());
                foreach (var item in list.GetProperty("items").EnumerateArray())
                    StringAssert.StartsWith(item.GetProperty("item_id").GetString(), version + "-");
                lock (seen) seen.Add(version);
            }
        })).ToArray();
        for (int night = 1; night <= 12; night++) SeededLists.Publish(host.Store, $"v{night}", DateTimeOffset.UnixEpoch, users, size: 10);
        while (true)
        {
            lock (seen) if (seen.Contains("v12")) break;
            if (readers.Any(r => r.IsFaulted)) break;
            await Task.Yield();
        }
        Volatile.Write(ref done, true);

        await Task.WhenAll(readers);
        CollectionAssert.Contains(seen.ToArray(), "v12");
    }
}

[TestClass]
internal sealed class SqliteApiTests : ApiContract
{
    private protected override string[] Store() => [];
}

[TestClass]
internal sealed class PostgresApiTests : ApiContract
{
    private protected override string[] Store() =>
        ["Publish:Store=PostgreSql", $"Publish:Connection={PostgresServer.Connection}", $"Publish:Schema={PostgresServer.NewSchema()}"];
}
