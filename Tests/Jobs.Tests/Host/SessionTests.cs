using System.Net;
using System.Net.Http.Headers;
using Microsoft.Data.Sqlite;
using Recsys.Batch.Jobs.Access;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Jobs.Tests.Host;

[TestClass]
internal sealed class SessionTests
{
    private static async Task<bool> IsOpen(HttpClient client) => (await client.GetAsync("/openapi/v1.json")).StatusCode == HttpStatusCode.OK;

    [TestMethod]
    public async Task A_session_ends_when_it_is_idle_and_at_its_limit_however_busy()
    {
        var time = new MovableTime();
        await using var host = await TestHost.Start(time);
        using var idle = await host.SignedIn("vera");
        using var busy = await host.SignedIn("olga");
        for (int hours = 0; hours < 21; hours += 7)
        {
            Assert.IsTrue(await IsOpen(busy), $"after {hours} hours");
            time.Now += TimeSpan.FromHours(7);
        }

        Assert.IsFalse(await IsOpen(idle), "idle since 21 hours");
        Assert.IsTrue(await IsOpen(busy), "busy until now");
        time.Now += TimeSpan.FromHours(4);
        Assert.IsFalse(await IsOpen(busy), "25 hours after sign-in");
    }

    [TestMethod]
    public async Task An_expired_session_can_change_nothing_and_leads_people_to_sign_in()
    {
        var time = new MovableTime();
        await using var host = await TestHost.Start(time);
        using var client = await host.SignedIn("olga");
        var form = await TestHost.Form(client);
        time.Now += TimeSpan.FromHours(9);

        Assert.AreEqual(HttpStatusCode.Unauthorized, (await client.PostAsync("/raw-ids?show=true", form)).StatusCode);
        using var page = new HttpRequestMessage(HttpMethod.Get, "/nowhere");
        page.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/html"));
        Assert.AreEqual("/sign-in", (await client.SendAsync(page)).Headers.Location!.AbsolutePath);
    }

    [TestMethod]
    public async Task A_copied_cookie_is_worth_nothing_on_any_host_after_signing_out()
    {
        await using var first = await TestHost.Start();
        await using var second = await TestHost.Start(folder: first.Folder);
        var cookies = new CookieContainer();
        using var client = await first.SignedIn("olga", cookies);
        using var elsewhere = await first.SignedIn("olga");
        var copied = new CookieContainer();
        foreach (Cookie cookie in cookies.GetCookies(first.Address)) copied.Add(new Cookie(cookie.Name, cookie.Value, cookie.Path, cookie.Domain));
        using var thief = second.Client(cookies: copied);
        Assert.IsTrue(await IsOpen(thief), "the hosts share their keys");

        Assert.AreEqual(HttpStatusCode.Redirect, (await client.PostAsync("/sign-out", await TestHost.Form(client))).StatusCode);

        Assert.IsFalse(await IsOpen(thief));
        using var again = first.Client(cookies: copied);
        Assert.IsFalse(await IsOpen(again));
        Assert.IsTrue(await IsOpen(elsewhere), "another session of the same person goes on");
        using var anew = await second.SignedIn("olga");
        Assert.IsTrue(await IsOpen(anew));
    }

    [TestMethod]
    public async Task A_database_that_does_not_answer_is_said_so_and_ends_no_session()
    {
        await using var host = await TestHost.Start();
        using var client = await host.SignedIn("olga");
        using var database = new SqliteConnection($"Data Source={Path.Combine(host.Folder, "out", "recsys.db")}");
        database.Open();
        void Ask(string sql) => new SqliteCommand(sql, database).ExecuteNonQuery();

        Ask("ALTER TABLE leases RENAME TO elsewhere");
        using var page = new HttpRequestMessage(HttpMethod.Get, "/");
        page.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/html"));
        var answer = await client.SendAsync(page);
        Assert.AreEqual(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.AreEqual(TimeSpan.FromSeconds(5), answer.Headers.RetryAfter!.Delta);
        StringAssert.Contains(await answer.Content.ReadAsStringAsync(), "database does not answer");
        StringAssert.Contains(host.Log, "no such table: leases");

        Ask("ALTER TABLE elsewhere RENAME TO leases");
        Assert.IsTrue(await IsOpen(client), "the session is still one");
    }

    [TestMethod]
    public async Task A_session_outlives_a_restart_and_ends_with_its_password()
    {
        string folder = Directory.CreateTempSubdirectory("recsys-session-").FullName;
        var cookies = new CookieContainer();
        await using (var first = await TestHost.Start(folder: folder)) (await first.SignedIn("olga", cookies)).Dispose();

        await using (var second = await TestHost.Start(folder: folder))
        using (var client = second.Client(cookies: cookies))
            Assert.IsTrue(await IsOpen(client));

        string[] changed = [.. TestHost.Credentials.Select(
            c => c.StartsWith("Serve:Users:0:PasswordHash", StringComparison.Ordinal)
                ? $"Serve:Users:0:PasswordHash={PasswordHash.Create("another password")}"
                : c)];
        await using (var third = await TestHost.Start(settings: changed, folder: folder))
        using (var client = third.Client(cookies: cookies))
            Assert.IsFalse(await IsOpen(client));
        Directory.Delete(folder, recursive: true);
    }

    [TestMethod]
    public async Task Keys_of_sessions_and_pseudonyms_are_their_owners_alone()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Inconclusive("file modes are Unix's");
            return;
        }
        await using var host = await TestHost.Start();
        using var client = await host.SignedIn("olga");
        host.Services.GetService(typeof(Jobs.Access.Pseudonyms));
        var files = Directory.GetFiles(Path.Combine(host.Folder, "out", "host"), "*", SearchOption.AllDirectories);

        Assert.IsTrue(files.Length >= 2, string.Join('\n', files));
        foreach (string file in files) Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file), file);
    }

    [TestMethod]
    public async Task Guessing_at_one_name_is_slowed_down_and_the_name_is_free_again_later()
    {
        var time = new MovableTime();
        await using var host = await TestHost.Start(time);
        using var client = host.Client();
        for (int i = 0; i < SignInThrottle.TriesOfName; i++)
            Assert.AreEqual(HttpStatusCode.Unauthorized, (await TestHost.SignIn(client, "olga", "wrong horse battery")).StatusCode);

        var slowed = await TestHost.SignIn(client, "OLGA", TestHost.Password);
        Assert.AreEqual(HttpStatusCode.TooManyRequests, slowed.StatusCode);
        Assert.AreEqual(SignInThrottle.Window, slowed.Headers.RetryAfter!.Delta);
        Assert.AreEqual(HttpStatusCode.Redirect, (await TestHost.SignIn(client, "vera", TestHost.Password)).StatusCode, "another name is not slowed down");
        time.Now += SignInThrottle.Window;
        Assert.AreEqual(HttpStatusCode.Redirect, (await TestHost.SignIn(client, "olga", TestHost.Password)).StatusCode);
    }

    [TestMethod]
    public void Guessing_from_one_address_is_slowed_down_whatever_the_names()
    {
        var time = new MovableTime();
        var throttle = new SignInThrottle(time);
        var here = IPAddress.Parse("2001:db8::1");
        for (int i = 0; i < SignInThrottle.TriesOfAddress; i++) Assert.IsNull(throttle.Enter(here, $"name{i}"));

        Assert.IsNotNull(throttle.Enter(IPAddress.Parse("2001:db8::ffff"), "another"), "the same network");
        Assert.IsNull(throttle.Enter(IPAddress.Parse("2001:db8:0:1::1"), "another"), "another network");
        time.Now += SignInThrottle.Window;
        Assert.IsNull(throttle.Enter(here, "another"));
    }

    [TestMethod]
    public void A_right_password_takes_its_try_back()
    {
        var throttle = new SignInThrottle(new MovableTime());
        for (int i = 0; i < 100; i++)
        {
            Assert.IsNull(throttle.Enter(IPAddress.Loopback, "olga"));
            throttle.Succeeded(IPAddress.Loopback, "olga");
        }
    }

    [TestMethod]
    [DataRow("pbkdf2-sha512$209999$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [DataRow("pbkdf2-sha256$210000$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [DataRow("pbkdf2-sha512$210000$AAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [DataRow("sha1$210000$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [DataRow("pbkdf2-sha512$210000$!$!")]
    [DataRow("")]
    public void A_weak_or_broken_hash_is_none(string text) => Assert.IsNull(PasswordHash.Parse(text));

    [TestMethod]
    public void A_hash_is_the_one_that_another_implementation_makes()
    {
        // Python: hashlib.pbkdf2_hmac("sha512" | "sha256", b"correct horse battery", b"0123456789abcdef", rounds, 32)
        Assert.IsTrue(
            PasswordHash.Parse("pbkdf2-sha512$210000$MDEyMzQ1Njc4OWFiY2RlZg==$gXBtL09EyLd99LTTXkXwBfAf0QsgPq+JDAvWo22XXF4=")!.Matches(TestHost.Password));
        Assert.IsTrue(
            PasswordHash.Parse("pbkdf2-sha256$600000$MDEyMzQ1Njc4OWFiY2RlZg==$FssUBfIHq1ETs6++tsrS0CyoyvbROnb1L9k+a0O+weE=")!.Matches(TestHost.Password));
        Assert.IsFalse(
            PasswordHash.Parse("pbkdf2-sha256$600000$MDEyMzQ1Njc4OWFiY2RlZg==$FssUBfIHq1ETs6++tsrS0CyoyvbROnb1L9k+a0O+weE=")!.Matches("correct horse batterz"));
    }

    [TestMethod]
    public async Task In_development_only_this_machines_own_names_are_answered()
    {
        await using var host = await TestHost.Start(settings: ["Serve:Development=true"]);

        Assert.AreEqual(200, (await host.Raw("/openapi/v1.json", key: null)).Status);
        using var client = host.Client();
        client.DefaultRequestHeaders.Host = "rebound.example";
        Assert.AreEqual(HttpStatusCode.BadRequest, (await client.GetAsync("/openapi/v1.json")).StatusCode);
    }

    [TestMethod]
    [DataRow("http://0.0.0.0:0", "cross the network in clear")]
    [DataRow("https://0.0.0.0:0", "Serve:Certificate is missing")]
    public async Task Passwords_do_not_cross_a_network_in_clear(string url, string message)
    {
        var refused = await Assert.ThrowsExactlyAsync<ConfigurationException>(() => TestHost.Start(settings: [.. TestHost.Credentials, $"Serve:Urls:0={url}"]));

        StringAssert.Contains(refused.Message, message);
    }

    [TestMethod]
    public async Task A_worker_without_a_shared_queue_is_told_which_key_to_set()
    {
        var refused = await Assert.ThrowsExactlyAsync<ConfigurationException>(() => TestHost.Start(settings: ["Serve:Roles:0=Worker"]));

        StringAssert.Contains(refused.Message, "Scheduler:Store=PostgreSql");
    }

    [TestMethod]
    public async Task A_host_without_the_role_web_answers_probes_alone()
    {
        await using var host = await TestHost.Start(settings: ["Serve:Roles:0=Scheduler"]);

        Assert.AreEqual(200, (await host.Raw("/health/live", key: null)).Status);
        Assert.AreEqual(401, (await host.Raw("/metrics", key: null)).Status);
        Assert.AreEqual(401, (await host.Raw("/sign-in", key: null)).Status);
        Assert.AreEqual(401, (await host.Raw("/v1/versions/current", key: null)).Status);
    }
}
