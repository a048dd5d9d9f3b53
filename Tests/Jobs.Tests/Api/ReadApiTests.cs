using System.Net;
using System.Text.Json;
using Recsys.Batch.Jobs.Tests.Host;
using Recsys.Batch.Pipeline.Publish;

namespace Recsys.Batch.Jobs.Tests.Api;

[TestClass]
internal sealed class ReadApiTests
{
    private static readonly MovableTime Time = new();
    private static TestHost s_host = null!;
    private static HttpClient s_client = null!;

    [ClassInitialize]
    public static async Task Start(TestContext _)
    {
        s_host = await TestHost.Start(Time);
        SeededLists.Publish(s_host.Store, "v1", Time.Now, SeededLists.HostileUsers);
        SeededLists.Publish(s_host.Store, "v2", Time.Now, SeededLists.HostileUsers, features: ["score", "<b>category</b>"]);
        s_client = s_host.Client(TestHost.ViewerKey);
    }

    [ClassCleanup]
    public static async Task Stop()
    {
        s_client.Dispose();
        await s_host.DisposeAsync();
    }

    private static async Task<JsonElement> Json(string path, HttpStatusCode expected = HttpStatusCode.OK)
    {
        var answer = await s_client.GetAsync(path);
        string body = await answer.Content.ReadAsStringAsync();
        Assert.AreEqual(expected, answer.StatusCode, body);
        Assert.AreEqual(expected == HttpStatusCode.OK ? "application/json" : "application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        using var document = JsonDocument.Parse(body);
        return document.RootElement.Clone();
    }

    [TestMethod]
    public async Task A_users_list_comes_with_titles_reasons_and_its_version()
    {
        var list = await Json("/v1/users/plain/recommendations");

        Assert.AreEqual("v2", list.GetProperty("version").GetString());
        Assert.IsTrue(list.GetProperty("personalized").GetBoolean());
        Assert.AreEqual(JsonValueKind.Null, list.GetProperty("segment").ValueKind);
        var items = list.GetProperty("items");
        Assert.AreEqual(3, items.GetArrayLength());
        Assert.AreEqual("v2-0", items[0].GetProperty("item_id").GetString());
        Assert.AreEqual("<b>Title 0</b>", items[0].GetProperty("title").GetString());
        Assert.AreEqual("because_you_bought", items[0].GetProperty("reason_code").GetString());
        Assert.AreEqual("v2-0", items[1].GetProperty("reason_items")[0].GetProperty("item_id").GetString());
        Assert.AreEqual("Because you bought <b>Title 0</b>", items[1].GetProperty("reason_text").GetString());
    }

    [TestMethod]
    public async Task A_reason_is_a_sentence_in_the_language_that_was_asked_for()
    {
        var list = await Json("/v1/users/plain/recommendations?language=de");
        Assert.AreEqual("Weil Sie <b>Title 0</b> gekauft haben", list.GetProperty("items")[1].GetProperty("reason_text").GetString());

        var problem = await Json("/v1/users/plain/recommendations?language=xx", HttpStatusCode.BadRequest);
        Assert.AreEqual("language is one of de, en, zh.", problem.GetProperty("detail").GetString());
    }

    [TestMethod]
    public async Task Features_that_carried_an_item_come_with_their_shares()
    {
        var items = (await Json("/v1/users/plain/recommendations")).GetProperty("items");

        Assert.AreEqual(
            "score 1.5, <b>category</b> 0.75",
            string.Join(", ", items[0].GetProperty("features").EnumerateArray().Select(
                f => $"{f.GetProperty("name").GetString()} {f.GetProperty("share").GetRawText()}")));
        Assert.AreEqual(-0.25, items[0].GetProperty("other_features").GetDouble());
        Assert.IsFalse(items[1].TryGetProperty("features", out _), "no ranker put it there");
        Assert.IsFalse(items[1].TryGetProperty("other_features", out _));
        var before = (await Json("/v1/users/plain/recommendations?version=v1")).GetProperty("items");
        Assert.IsFalse(before[0].TryGetProperty("features", out _));
    }

    [TestMethod]
    public async Task A_user_nobody_knows_gets_the_segments_defaults_and_is_told_so()
    {
        var list = await Json("/v1/users/nobody/recommendations");

        Assert.IsFalse(list.GetProperty("personalized").GetBoolean());
        Assert.AreEqual("all", list.GetProperty("segment").GetString());
        Assert.AreEqual("v2-2", list.GetProperty("items")[0].GetProperty("item_id").GetString());
    }

    [TestMethod]
    public async Task Limit_and_version_choose()
    {
        var list = await Json("/v1/users/plain/recommendations?limit=2&version=v1");

        Assert.AreEqual("v1", list.GetProperty("version").GetString());
        Assert.AreEqual(2, list.GetProperty("items").GetArrayLength());
    }

    [TestMethod]
    [DataRow("/v1/users/plain/recommendations?limit=0")]
    [DataRow("/v1/users/plain/recommendations?limit=1001")]
    [DataRow("/v1/users/plain/recommendations?limit=-1")]
    [DataRow("/v1/users/plain/recommendations?limit=two")]
    [DataRow("/v1/users/plain/recommendations?version=")]
    [DataRow("/v1/users/plain/recommendations?version=v1%27%20OR%201")]
    [DataRow("/v1/items/v2-0/neighbors?source=sql")]
    [DataRow("/v1/baskets/complements")]
    [DataRow("/v1/baskets/complements?items=a%00b")]
    public async Task A_parameter_that_cannot_be_is_named(string path) => await Json(path, HttpStatusCode.BadRequest);

    [TestMethod]
    [DataRow("/v1/users/plain/recommendations?version=v9")]
    [DataRow("/v1/segments/nobody")]
    [DataRow("/v1/items/nothing/neighbors")]
    [DataRow("/v1/items/v2-0/neighbors?source=blend")]
    [DataRow("/v1/places/cart_complements/nothing")]
    [DataRow("/v1/places/nowhere/v2-0")]
    [DataRow("/v1/baskets/complements?items=v2-0&version=v9")]
    [DataRow("/v1/users")]
    [DataRow("/v1/users//recommendations")]
    [DataRow("/v2/anything")]
    public async Task What_is_not_there_is_a_problem_document(string path) =>
        Assert.AreEqual(404, (await Json(path, HttpStatusCode.NotFound)).GetProperty("status").GetInt32());

    [TestMethod]
    public async Task Neighbors_are_of_one_source()
    {
        var first = await Json("/v1/items/v2-0/neighbors");
        Assert.AreEqual("cf", first.GetProperty("source").GetString());
        Assert.AreEqual("v2-1", first.GetProperty("neighbors")[0].GetProperty("item_id").GetString());

        var text = await Json("/v1/items/v2-0/neighbors?source=text");
        Assert.AreEqual("v2-2", text.GetProperty("neighbors")[0].GetProperty("item_id").GetString());
        Assert.AreEqual(1, text.GetProperty("neighbors").GetArrayLength());
    }

    [TestMethod]
    public async Task A_places_rows_come_with_titles_and_their_other_columns()
    {
        var places = (await Json("/v1/places")).GetProperty("places");
        CollectionAssert.AreEqual(
            new[] { "cart_complements", "category_lists" }, places.EnumerateArray().Select(p => p.GetProperty("place").GetString()).ToArray());

        var rows = (await Json("/v1/places/cart_complements/v2-0")).GetProperty("items");
        Assert.AreEqual(2, rows.GetArrayLength());
        Assert.AreEqual(("v2-1", "<b>Title 1</b>"), (rows[0].GetProperty("item_id").GetString(), rows[0].GetProperty("title").GetString()));
        var more = rows[0].GetProperty("more");
        Assert.AreEqual((12, 3.5), (more.GetProperty("support").GetInt32(), more.GetProperty("lift").GetDouble()));
        Assert.AreEqual(1, (await Json("/v1/places/cart_complements/v1-0?version=v1&limit=1")).GetProperty("items").GetArrayLength());
    }

    [TestMethod]
    public async Task Lists_of_a_category_come_by_kind_each_with_its_own_limit()
    {
        const string Path = "/v1/places/category_lists/toys%2F%3Cb%3E";
        Assert.AreEqual("new v2-1, popular v2-0, popular v2-1", await Kinds(Path));
        Assert.AreEqual("new v2-1, popular v2-0", await Kinds(Path + "?limit=1"));
        Assert.AreEqual("popular v2-0, popular v2-1", await Kinds(Path + "?kind=popular"));
        Assert.AreEqual("", await Kinds(Path + "?kind=trending"));

        static async Task<string> Kinds(string path) => string.Join(
            ", ", (await Json(path)).GetProperty("items").EnumerateArray()
                .Select(i => $"{i.GetProperty("more").GetProperty("kind").GetString()} {i.GetProperty("item_id").GetString()}"));
    }

    [TestMethod]
    public async Task Complements_of_a_basket_are_of_all_its_items_and_not_in_it()
    {
        var one = (await Json("/v1/baskets/complements?items=v2-0")).GetProperty("items");
        CollectionAssert.AreEqual(new[] { "v2-1", "v2-2" }, one.EnumerateArray().Select(i => i.GetProperty("item_id").GetString()).ToArray());

        var both = (await Json("/v1/baskets/complements?items=v2-0,v2-1,unknown")).GetProperty("items").EnumerateArray().Single();
        Assert.AreEqual("v2-2", both.GetProperty("item_id").GetString());
        Assert.AreEqual(0.25 + 0.5, both.GetProperty("score").GetDouble(), 1e-12);
        var verbatim = await Json("/v1/baskets/complements?item=v2-0&item=a,b");
        Assert.AreEqual("a,b", verbatim.GetProperty("basket")[1].GetString());
    }

    [TestMethod]
    public async Task A_segment_and_the_current_version_can_be_read()
    {
        Assert.AreEqual("v2-2", (await Json("/v1/segments/all")).GetProperty("items")[0].GetProperty("item_id").GetString());
        var version = await Json("/v1/versions/current");
        Assert.AreEqual("v2", version.GetProperty("version").GetString());
        Assert.AreEqual(0.25, version.GetProperty("metrics").GetProperty("ndcg@10").GetDouble());
    }

    [TestMethod]
    [DataRow("/v1/users/plain/recommendations")]
    [DataRow("/v1/users/nobody/recommendations")]
    [DataRow("/v1/segments/all")]
    [DataRow("/v1/versions/current")]
    public async Task An_answer_that_the_caller_holds_is_not_sent_again(string path)
    {
        var first = await s_client.GetAsync(path);
        Assert.AreEqual("\"v2\"", first.Headers.ETag!.Tag);
        Assert.AreEqual(
            "private, max-age=60", first.Headers.CacheControl!.ToString().Replace("max-age=60, private", "private, max-age=60", StringComparison.Ordinal));

        using var again = new HttpRequestMessage(HttpMethod.Get, path);
        again.Headers.TryAddWithoutValidation("If-None-Match", "\"v0\", W/\"v2\"");
        var second = await s_client.SendAsync(again);
        Assert.AreEqual(HttpStatusCode.NotModified, second.StatusCode);
        Assert.AreEqual(0, (await second.Content.ReadAsByteArrayAsync()).Length);
        Assert.AreEqual("\"v2\"", second.Headers.ETag!.Tag);

        using var other = new HttpRequestMessage(HttpMethod.Get, path);
        other.Headers.TryAddWithoutValidation("If-None-Match", "\"v1\"");
        Assert.AreEqual(HttpStatusCode.OK, (await s_client.SendAsync(other)).StatusCode);
    }

    [TestMethod]
    public async Task Head_is_get_without_the_body_and_other_methods_are_not_there()
    {
        var head = await s_client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/v1/segments/all"));
        Assert.AreEqual(HttpStatusCode.OK, head.StatusCode);
        Assert.IsTrue(head.Content.Headers.ContentLength > 0);
        var delete = await s_client.DeleteAsync("/v1/segments/all");
        Assert.AreEqual(HttpStatusCode.MethodNotAllowed, delete.StatusCode);
        Assert.AreEqual("application/problem+json", delete.Content.Headers.ContentType?.MediaType);
    }

    [TestMethod]
    [DataRow("/v1/users/plain/recommendations")]
    [DataRow("/v1/users/nobody/recommendations")]
    [DataRow("/v1/items/v2-0/neighbors")]
    [DataRow("/v1/segments/all")]
    public async Task An_answer_of_an_old_price_is_sent_again_though_lists_are_equal(string path)
    {
        await using var host = await TestHost.Start();
        SeededLists.Publish(host.Store, "v2", DateTimeOffset.UnixEpoch, ["plain"]);
        using var client = host.Client(TestHost.ViewerKey);
        var first = await client.GetAsync(path);
        string before = await first.Content.ReadAsStringAsync();
        Assert.AreEqual("\"v2\"", first.Headers.ETag!.Tag);

        host.Store.SaveTitles([.. Enumerable.Range(0, 3).Select(i => new ItemTitle($"v2-{i}", "Mug", "kitchen", 9.99))]);
        var second = await Ask("\"v2\"");

        Assert.AreEqual((HttpStatusCode.OK, "\"v2+1\""), (second.StatusCode, second.Headers.ETag!.Tag));
        string after = await second.Content.ReadAsStringAsync();
        Assert.AreNotEqual(before, after);
        StringAssert.Contains(after, "9.99");
        Assert.AreEqual(HttpStatusCode.NotModified, (await Ask("\"v2\", \"v2+1\"")).StatusCode);

        Task<HttpResponseMessage> Ask(string held)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.TryAddWithoutValidation("If-None-Match", held);
            return client.SendAsync(request);
        }
    }
}
