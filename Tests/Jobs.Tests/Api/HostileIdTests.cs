using System.Text.Json;
using Recsys.Batch.Jobs.Tests.Host;

namespace Recsys.Batch.Jobs.Tests.Api;

/// <summary>Ids as nobody should choose them, sent byte by byte.</summary>
[TestClass]
internal sealed class HostileIdTests
{
    private static TestHost s_host = null!;

    [ClassInitialize]
    public static async Task Start(TestContext _)
    {
        s_host = await TestHost.Start();
        SeededLists.Publish(s_host.Store, "v1", DateTimeOffset.UnixEpoch, SeededLists.HostileUsers);
    }

    [ClassCleanup]
    public static async Task Stop() => await s_host.DisposeAsync();

    public static IEnumerable<object[]> Known => SeededLists.HostileUsers.Where(u => u != "..").Select(u => new object[] { u });

    [TestMethod]
    [DynamicData(nameof(Known))]
    public async Task Any_published_id_can_be_asked_for_and_comes_back_escaped(string id)
    {
        var (status, head, body) = await s_host.Raw($"/v1/users/{Uri.EscapeDataString(id)}/recommendations");

        Assert.AreEqual(200, status, body);
        using var document = JsonDocument.Parse(body);
        Assert.AreEqual(id, document.RootElement.GetProperty("user_id").GetString());
        Assert.IsTrue(document.RootElement.GetProperty("personalized").GetBoolean());
        Assert.IsFalse(body.Contains('<', StringComparison.Ordinal), body);
        StringAssert.Contains(head, "Content-Type: application/json");
    }

    [TestMethod]
    [DataRow("%C3%28", DisplayName = "invalid UTF-8")]
    [DataRow("%FF%FE", DisplayName = "no UTF-8 at all")]
    [DataRow("%C0%AF", DisplayName = "an overlong slash")]
    [DataRow("%ED%A0%80", DisplayName = "half a surrogate pair")]
    [DataRow("abc%", DisplayName = "half an escape")]
    [DataRow("%zz", DisplayName = "no escape")]
    public async Task An_id_that_is_no_text_is_refused(string id)
    {
        foreach (string path in (string[])[$"/v1/users/{id}/recommendations", $"/v1/items/{id}/neighbors", $"/v1/segments/{id}"])
        {
            var (status, head, body) = await s_host.Raw(path);
            Assert.AreEqual(400, status, path);
            StringAssert.Contains(head, "Content-Type: application/problem+json");
            Assert.IsFalse(body.Contains(id, StringComparison.Ordinal), body);
        }
    }

    [TestMethod]
    public async Task A_nul_never_reaches_an_endpoint()
    {
        var (status, _, body) = await s_host.Raw("/v1/users/a%00b/recommendations");

        Assert.AreEqual(400, status);
        Assert.IsFalse(body.Contains("a%00b", StringComparison.Ordinal), body);
    }

    [TestMethod]
    [DataRow(1_024, 200)]
    [DataRow(1_025, 400)]
    [DataRow(10_240, 400)]
    [DataRow(60_000, 400)]
    public async Task A_long_id_is_looked_for_as_far_as_ids_go(int length, int expected)
    {
        var (status, head, body) = await s_host.Raw($"/v1/users/{new string('y', length)}/recommendations");

        Assert.AreEqual(expected, status);
        if (expected == 400) StringAssert.Contains(head, "application/problem+json");
        if (expected == 400) Assert.IsTrue(body.Length < 1_000);
    }

    [TestMethod]
    [DataRow("/v1/users/%3Cscript%3Ealert(1)%3C%2Fscript%3E/nothing")]
    [DataRow("/%3Cscript%3Ealert(1)%3C%2Fscript%3E")]
    [DataRow("/v1/users/plain/recommendations?limit=%3Cscript%3E")]
    public async Task Nothing_of_an_address_comes_back(string path)
    {
        foreach (string accept in (string[])["Accept: text/html\r\n", "Accept: application/json\r\n"])
        {
            var (status, _, body) = await s_host.Raw(path, headers: accept);
            Assert.IsTrue(status is 400 or 404, $"{status}");
            Assert.IsFalse(body.Contains("script", StringComparison.OrdinalIgnoreCase), body);
        }
    }

    [TestMethod]
    public async Task No_id_is_in_the_log()
    {
        await s_host.Raw("/v1/users/secret-person/recommendations");
        await s_host.Raw("/v1/users/secret-person/recommendations", key: "rk_wrong");
        await s_host.Raw("/v1/users/secret-person%C3%28/recommendations");

        Assert.IsFalse(s_host.Log.Contains("secret-person", StringComparison.Ordinal), s_host.Log);
    }
}
