using System.Net;
using System.Net.Http.Headers;

namespace Recsys.Batch.Jobs.Tests.Host;

[TestClass]
internal sealed class AccessTests
{
    private static readonly MovableTime Time = new();
    private static TestHost s_host = null!;

    [ClassInitialize]
    public static async Task Start(TestContext _) => s_host = await TestHost.Start(Time);

    [ClassCleanup]
    public static async Task Stop() => await s_host.DisposeAsync();

    private static HttpRequestMessage Page(string path, HttpMethod? method = null)
    {
        var request = new HttpRequestMessage(method ?? HttpMethod.Get, path);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/html"));
        return request;
    }

    [TestMethod]
    [DataRow("/v1/users/plain/recommendations")]
    [DataRow("/v1/versions/current")]
    [DataRow("/metrics")]
    [DataRow("/openapi/v1.json")]
    [DataRow("/v1/no/such/thing")]
    public async Task Without_a_key_a_program_is_told_how_to_send_one(string path)
    {
        using var client = s_host.Client();
        var answer = await client.GetAsync(path);

        Assert.AreEqual(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.AreEqual("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        StringAssert.Contains(await answer.Content.ReadAsStringAsync(), "X-Api-Key");
    }

    [TestMethod]
    public async Task Without_a_session_a_person_is_led_to_the_sign_in_page_and_back()
    {
        using var client = s_host.Client();
        var answer = await client.SendAsync(Page("/some/page?x=1"));

        Assert.AreEqual(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.AreEqual("/sign-in?returnUrl=%2Fsome%2Fpage%3Fx%3D1", answer.Headers.Location!.PathAndQuery);
    }

    [TestMethod]
    [DataRow("X-Api-Key", TestHost.ViewerKey, HttpStatusCode.OK)]
    [DataRow("Authorization", "Bearer " + TestHost.ViewerKey, HttpStatusCode.OK)]
    [DataRow("X-Api-Key", "rk_unknown", HttpStatusCode.Unauthorized)]
    [DataRow("X-Api-Key", "", HttpStatusCode.Unauthorized)]
    [DataRow("Authorization", "Bearer rk_unknown", HttpStatusCode.Unauthorized)]
    [DataRow("Authorization", "Basic b2xnYTp4", HttpStatusCode.Unauthorized)]
    public async Task A_key_opens_and_anything_else_does_not(string header, string value, HttpStatusCode expected)
    {
        using var client = s_host.Client();
        client.DefaultRequestHeaders.TryAddWithoutValidation(header, value);

        Assert.AreEqual(expected, (await client.GetAsync("/openapi/v1.json")).StatusCode);
    }

    [TestMethod]
    public async Task The_session_cookie_is_kept_from_scripts_and_from_other_sites()
    {
        using var client = s_host.Client();
        var answer = await TestHost.SignIn(client, "olga", TestHost.Password);
        string cookie = answer.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("recsys=", StringComparison.Ordinal)).ToLowerInvariant();

        StringAssert.Contains(cookie, "httponly");
        StringAssert.Contains(cookie, "samesite=strict");
        StringAssert.Contains(cookie, "path=/");
    }

    [TestMethod]
    public async Task A_wrong_name_and_a_wrong_password_get_one_answer()
    {
        using var client = s_host.Client();
        var name = await TestHost.SignIn(client, "nobody", TestHost.Password);
        var password = await TestHost.SignIn(client, "vera", "wrong horse battery");

        Assert.AreEqual(HttpStatusCode.Unauthorized, name.StatusCode);
        Assert.AreEqual(HttpStatusCode.Unauthorized, password.StatusCode);
        static string Words(string page) => System.Text.RegularExpressions.Regex.Replace(page, "value=\"[^\"]*\"", "");
        Assert.AreEqual(Words(await name.Content.ReadAsStringAsync()), Words(await password.Content.ReadAsStringAsync()));
        StringAssert.Contains(await name.Content.ReadAsStringAsync(), "The name or the password is wrong.");
    }

    [TestMethod]
    [DataRow("/runs?page=2", "/runs?page=2")]
    [DataRow("https://evil.example/", "/")]
    [DataRow("//evil.example/", "/")]
    [DataRow("/\\evil.example/", "/")]
    [DataRow("javascript:alert(1)", "/")]
    [DataRow("/a\r\nSet-Cookie: x=1", "/")]
    public async Task Sign_in_leads_to_this_host_alone(string returnUrl, string location)
    {
        using var client = s_host.Client();
        var answer = await TestHost.SignIn(client, "olga", TestHost.Password, returnUrl);

        Assert.AreEqual(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.AreEqual(location, answer.Headers.Location!.OriginalString);
    }

    [TestMethod]
    public async Task A_viewer_who_tries_an_operators_action_is_refused()
    {
        using var viewer = await s_host.SignedIn("vera");
        using var viewersProgram = s_host.Client(TestHost.ViewerKey);
        using var @operator = await s_host.SignedIn("olga");

        Assert.AreEqual(HttpStatusCode.Forbidden, (await viewer.PostAsync("/raw-ids?show=true", await TestHost.Form(viewer))).StatusCode);
        Assert.AreEqual(HttpStatusCode.Forbidden, (await viewersProgram.PostAsync("/raw-ids?show=true", null)).StatusCode);
        Assert.AreEqual(HttpStatusCode.Redirect, (await @operator.PostAsync("/raw-ids?show=true", await TestHost.Form(@operator))).StatusCode);
    }

    [TestMethod]
    public async Task A_post_without_the_pages_token_is_refused()
    {
        using var client = await s_host.SignedIn("olga");
        var answer = await client.PostAsync("/raw-ids?show=true", new FormUrlEncodedContent([]));

        Assert.AreEqual(HttpStatusCode.BadRequest, answer.StatusCode);
        StringAssert.Contains(await answer.Content.ReadAsStringAsync(), "The page is out of date");
    }

    [TestMethod]
    public async Task A_token_of_someone_elses_page_is_refused()
    {
        using var viewer = await s_host.SignedIn("vera");
        using var @operator = await s_host.SignedIn("olga");

        Assert.AreEqual(HttpStatusCode.BadRequest, (await @operator.PostAsync("/raw-ids?show=true", await TestHost.Form(viewer))).StatusCode);
    }

    [TestMethod]
    [DataRow("Origin", "https://evil.example")]
    [DataRow("Origin", "null")]
    [DataRow("Sec-Fetch-Site", "cross-site")]
    [DataRow("Sec-Fetch-Site", "same-site")]
    public async Task A_post_from_another_site_is_refused_even_with_a_token(string header, string value)
    {
        using var client = await s_host.SignedIn("olga");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/raw-ids?show=true") { Content = await TestHost.Form(client) };
        request.Headers.Add(header, value);
        var answer = await client.SendAsync(request);

        Assert.AreEqual(HttpStatusCode.BadRequest, answer.StatusCode);
        StringAssert.Contains(await answer.Content.ReadAsStringAsync(), "Cross-site request");
    }

    [TestMethod]
    public async Task After_signing_out_the_browser_has_no_session()
    {
        using var client = await s_host.SignedIn("vera");
        Assert.AreEqual(HttpStatusCode.OK, (await client.GetAsync("/openapi/v1.json")).StatusCode);

        Assert.AreEqual(HttpStatusCode.Redirect, (await client.PostAsync("/sign-out", await TestHost.Form(client))).StatusCode);

        Assert.AreEqual(HttpStatusCode.Unauthorized, (await client.GetAsync("/openapi/v1.json")).StatusCode);
    }

    [TestMethod]
    [DataRow("/sign-in")]
    [DataRow("/health/live")]
    [DataRow("/nowhere")]
    [DataRow("/v1/versions/current")]
    public async Task Every_answer_carries_the_security_headers(string path)
    {
        using var client = s_host.Client(TestHost.OperatorKey);
        var answer = await client.GetAsync(path);

        string policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        StringAssert.Contains(policy, "default-src 'self'");
        Assert.IsFalse(policy.Contains("unsafe-inline", StringComparison.Ordinal));
        Assert.AreEqual("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.IsFalse(answer.Headers.Contains("Server"));
    }
}
