using System.Net;
using System.Net.Http.Headers;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Jobs.Tests.Host.OpenId;

/// <summary>People who sign in at a provider, as programs see it; <c>OpenIdBrowserTests</c> is the same in a browser.</summary>
[TestClass]
[DoNotParallelize]
internal sealed class OpenIdTests
{
    private const string Start = "/sign-in/openid/start?returnUrl=/runs";

    [TestMethod]
    [DataRow("shop-operators", HttpStatusCode.Redirect)]
    [DataRow("shop-viewers", HttpStatusCode.Forbidden)]
    public async Task Roles_of_the_provider_say_what_a_person_may_do(string role, HttpStatusCode switchesIds)
    {
        await using var provider = await IdentityProvider.Start();
        provider.Person = [("sub", "1"), ("preferred_username", "grace"), ("roles", role)];
        await using var host = await TestHost.Start(settings: provider.Settings());
        using var client = Browser(host);

        var arrived = await client.GetAsync(Start);

        StringAssert.Contains(await arrived.Content.ReadAsStringAsync(), "content=\"0;url=/runs\"");
        Assert.IsTrue(await IsOpen(client));
        await client.GetAsync("/signout-oidc");
        Assert.IsTrue(await IsOpen(client), "a link of another site ends no session");
        StringAssert.Contains(host.Log, "grace signed in");
        using var plain = host.Client(cookies: Cookies(client));
        Assert.AreEqual(switchesIds, (await plain.PostAsync("/raw-ids?show=true", await TestHost.FormOf("/runs", plain))).StatusCode);
        Assert.AreEqual(HttpStatusCode.Redirect, (await plain.PostAsync("/sign-out", await TestHost.FormOf("/runs", plain))).StatusCode);
        Assert.IsFalse(await IsOpen(plain));
        Assert.IsFalse(host.Log.Contains(IdentityProvider.Secret, StringComparison.Ordinal));
    }

    [TestMethod]
    [DataRow("preferred_username=grace;roles=cleaners", "gives you no role", DisplayName = "a role of neither list")]
    [DataRow("preferred_username=grace;roles=Operator", "gives you no role", DisplayName = "our own role's name")]
    [DataRow("preferred_username=grace", "gives you no role", DisplayName = "no role at all")]
    [DataRow("preferred_username=OLGA;roles=shop-viewers", "already has", DisplayName = "a configured user's name")]
    [DataRow("preferred_username=shop;roles=shop-viewers", "already has", DisplayName = "a key's name")]
    [DataRow("sub=<script>alert(1)</script>;preferred_username=a b;roles=shop-viewers", "by no name", DisplayName = "markup for a name")]
    public async Task Who_has_no_role_or_no_name_of_their_own_is_told_and_not_let_in(string person, string words)
    {
        await using var provider = await IdentityProvider.Start();
        provider.Person = [.. person.Split(';')
            .Select(p => (p[..p.IndexOf('=')], p[(p.IndexOf('=') + 1)..]))
            .Concat(person.Contains("sub=", StringComparison.Ordinal) ? [] : [("sub", "1")])];
        await using var host = await TestHost.Start(settings: [.. TestHost.Credentials, .. provider.Settings()]);
        using var client = Browser(host);

        var answer = await client.GetAsync(Start);

        Assert.AreEqual(HttpStatusCode.Forbidden, answer.StatusCode);
        string page = await answer.Content.ReadAsStringAsync();
        StringAssert.Contains(page, words);
        StringAssert.Contains(page, "returnUrl=%2Fruns&amp;another=1", "the way on, as another person");
        Assert.IsFalse(page.Contains("<script>alert", StringComparison.Ordinal) || host.Log.Contains("<script>", StringComparison.Ordinal));
        Assert.IsFalse(await IsOpen(client));
    }

    [TestMethod]
    public async Task A_name_that_cannot_be_shown_gives_way_to_the_next_claim()
    {
        await using var provider = await IdentityProvider.Start();
        provider.Person = [("sub", "1"), ("preferred_username", "Grace\nHopper"), ("email", "grace@example.com"), ("roles", "shop-viewers")];
        await using var host = await TestHost.Start(settings: provider.Settings());
        using var client = Browser(host);

        await client.GetAsync(Start);

        Assert.IsTrue(await IsOpen(client));
        StringAssert.Contains(host.Log, "grace@example.com signed in");
    }

    [TestMethod]
    public async Task Answers_that_this_browser_did_not_ask_for_open_nothing()
    {
        await using var provider = await IdentityProvider.Start();
        await using var host = await TestHost.Start(settings: provider.Settings());
        using var victim = Browser(host);
        using var thief = Browser(host);
        string callback = await Callback(host, thief);

        foreach (string address in (string[])[
            callback, callback.Replace("state=", "state=x", StringComparison.Ordinal), "/sign-in/openid?code=made-up&state=made-up", "/sign-in/openid"])
        {
            var answer = await victim.GetAsync(address);
            Assert.AreEqual(HttpStatusCode.BadRequest, answer.StatusCode, address);
            StringAssert.Contains(await answer.Content.ReadAsStringAsync(), "does not fit what this browser asked for");
            Assert.IsFalse(await IsOpen(victim), address);
        }

        // Whoever asked for it is let in by it, once.
        await thief.GetAsync(callback);
        Assert.IsTrue(await IsOpen(thief));
        Assert.AreEqual(HttpStatusCode.BadRequest, (await thief.GetAsync(callback)).StatusCode);
    }

    [TestMethod]
    public async Task Whoever_declines_is_told_so_in_our_words()
    {
        await using var provider = await IdentityProvider.Start();
        provider.Person = null;
        await using var host = await TestHost.Start(settings: provider.Settings());
        using var client = Browser(host);

        var answer = await client.GetAsync(Start);

        Assert.AreEqual(HttpStatusCode.Forbidden, answer.StatusCode);
        StringAssert.Contains(await answer.Content.ReadAsStringAsync(), "you declined");
    }

    [TestMethod]
    public async Task A_provider_away_or_with_another_secret_is_told_on_the_page_and_log()
    {
        var provider = await IdentityProvider.Start();
        await using var host = await TestHost.Start(settings: provider.Settings());
        await using var wrong = await TestHost.Start(settings: provider.Settings("not the secret"));
        using var unknown = Browser(wrong);
        var refused = await unknown.GetAsync(Start);
        Assert.AreEqual(HttpStatusCode.BadRequest, refused.StatusCode);
        StringAssert.Contains(wrong.Log, "OpenIdConnectProtocolException invalid_client");
        Assert.IsFalse(wrong.Log.Contains("another secret", StringComparison.Ordinal), "words of the provider");
        Assert.IsFalse(wrong.Log.Contains("not the secret", StringComparison.Ordinal));
        Assert.IsFalse(wrong.Log.Contains("   at ", StringComparison.Ordinal), wrong.Log);

        await provider.DisposeAsync();
        using var client = Browser(host);
        var away = await client.GetAsync(Start);

        Assert.AreEqual(HttpStatusCode.ServiceUnavailable, away.StatusCode);
        StringAssert.Contains(await away.Content.ReadAsStringAsync(), "cannot be reached");
        StringAssert.Contains(host.Log, "Serve:OpenId:Authority");
        Assert.IsFalse(host.Log.Contains("   at ", StringComparison.Ordinal), host.Log);
    }

    [TestMethod]
    public async Task A_session_ends_with_the_roles_under_which_it_was_opened()
    {
        string folder = Directory.CreateTempSubdirectory("recsys-openid-").FullName;
        await using var provider = await IdentityProvider.Start();
        var cookies = new CookieContainer();
        await using (var before = await TestHost.Start(settings: provider.Settings(), folder: folder))
        {
            using var client = Browser(before, cookies);
            await client.GetAsync(Start);
            Assert.IsTrue(await IsOpen(client));
        }

        async Task<bool> StillOpen(params string[] changed)
        {
            await using var after = await TestHost.Start(settings: [.. provider.Settings(), .. changed], folder: folder);
            using var client = Browser(after, cookies);
            return await IsOpen(client);
        }

        Assert.IsTrue(await StillOpen(), "an equal host");
        Assert.IsTrue(await StillOpen("Serve:OpenId:Label=other words"), "what the button says");
        Assert.IsFalse(await StillOpen("Serve:OpenId:Operators:0=others"), "other roles");
        Directory.Delete(folder, recursive: true);
    }

    [TestMethod]
    public async Task The_way_back_leads_to_this_host_alone()
    {
        await using var provider = await IdentityProvider.Start();
        await using var host = await TestHost.Start(settings: provider.Settings());
        foreach (string elsewhere in (string[])["https://evil.example/", "//evil.example", "/\\evil.example"])
        {
            using var client = Browser(host);
            var arrived = await client.GetAsync("/sign-in/openid/start?returnUrl=" + Uri.EscapeDataString(elsewhere));
            StringAssert.Contains(await arrived.Content.ReadAsStringAsync(), "content=\"0;url=/\"", elsewhere);
        }
    }

    [TestMethod]
    [DataRow("Authority=ftp://login.example.com", "Serve:OpenId:Authority is 'ftp://login.example.com'; expected an https address")]
    [DataRow("Authority=http://login.example.com", "Serve:OpenId:Authority is 'http://login.example.com'; expected an https address")]
    [DataRow("Authority=", "Serve:OpenId:Authority is missing; expected the provider's address")]
    [DataRow("ClientId=", "Serve:OpenId:ClientId is ''; expected how the provider knows this host")]
    [DataRow("Label=", "Serve:OpenId:Label is ''; expected 1 to 40 letters")]
    [DataRow("Scopes:0=profile", "Serve:OpenId:Scopes is 'profile'; expected openid among the scopes")]
    [DataRow("RoleClaim=", "Serve:OpenId:RoleClaim is ''; expected a claim's name")]
    [DataRow("Viewers:0=shop-operators", "Serve:OpenId:Viewers is 'shop-operators'; expected a value that is not among Operators too")]
    [DataRow(
        "ClientSecret=env:RECSYS_NO_SUCH_SECRET",
        "Serve:OpenId:ClientSecret names the environment variable RECSYS_NO_SUCH_SECRET, which is not set; expected the client's secret in it")]
    [DataRow("Rolls=staff", "Serve:OpenId:Rolls")]
    public async Task A_wrong_configuration_is_said_with_its_key(string setting, string message)
    {
        string[] right =
        [
            "Serve:OpenId:Authority=https://login.example.com", "Serve:OpenId:ClientId=recsys", "Serve:OpenId:ClientSecret=x",
            "Serve:OpenId:Operators:0=shop-operators", "Serve:OpenId:Viewers:0=shop-viewers",
        ];
        var thrown = await Assert.ThrowsExactlyAsync<ConfigurationException>(() => TestHost.Start(settings: [.. right, "Serve:OpenId:" + setting]));
        StringAssert.Contains(thrown.Message, message);
    }

    [TestMethod]
    public async Task Roles_that_nobody_can_have_are_refused_at_start()
    {
        var thrown = await Assert.ThrowsExactlyAsync<ConfigurationException>(
            () => TestHost.Start(settings: ["Serve:OpenId:Authority=https://login.example.com", "Serve:OpenId:ClientId=recsys"]));
        StringAssert.Contains(thrown.Message, "without one nobody is let in");
    }

    /// <summary>Follows redirects to the end, as a browser does that knows nothing of same-site cookies.</summary>
    private static HttpClient Browser(TestHost host, CookieContainer? cookies = null)
    {
        var handler = new HttpClientHandler { CookieContainer = cookies ?? new CookieContainer() };
        var client = new HttpClient(handler) { BaseAddress = host.Address };
        client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("text/html"));
        s_cookies.Add(client, handler.CookieContainer);
        return client;
    }

    private static readonly System.Runtime.CompilerServices.ConditionalWeakTable<HttpClient, CookieContainer> s_cookies = [];

    private static CookieContainer Cookies(HttpClient client) =>
        s_cookies.TryGetValue(client, out var cookies) ? cookies : throw new InvalidOperationException("not one of ours");

    /// <summary>The address that the provider sends a browser back to, not yet gone to.</summary>
    private static async Task<string> Callback(TestHost host, HttpClient browser)
    {
        using var step = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = Cookies(browser) }) { BaseAddress = host.Address };
        var toProvider = (await step.GetAsync(Start)).Headers.Location!;
        return (await step.GetAsync(toProvider)).Headers.Location!.ToString();
    }

    private static async Task<bool> IsOpen(HttpClient client) => (await client.GetAsync("/openapi/v1.json")).StatusCode == HttpStatusCode.OK;
}
