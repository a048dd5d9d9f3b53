using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Jobs.Tests.Host;

/// <summary>The host beyond this machine: with a certificate of its own, or behind a proxy that has one.</summary>
[TestClass]
internal sealed class HttpsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recsys-https-").FullName;
    private readonly X509Certificate2 _certificate;

    public HttpsTests()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        _certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }

    public void Dispose()
    {
        _certificate.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [TestMethod]
    [DataRow("pfx")]
    [DataRow("pem")]
    public async Task A_host_with_a_certificate_serves_https_and_its_cookies_need_it(string kind)
    {
        await using var host = await TestHost.Start(settings: [.. TestHost.Credentials, "Serve:Urls:0=https://127.0.0.1:0", .. Certificate(kind)]);
        Assert.AreEqual("https", host.Address.Scheme);
        var cookies = new CookieContainer();
        string? shown = null;
        using var client = new HttpClient(new HttpClientHandler
        {
            AllowAutoRedirect = false,
            CookieContainer = cookies,
            ServerCertificateCustomValidationCallback = (_, certificate, _, _) => (shown = certificate!.Thumbprint) is not null,
        })
        { BaseAddress = host.Address };

        var answer = await TestHost.SignIn(client, "olga", TestHost.Password);

        Assert.AreEqual(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.AreEqual(_certificate.Thumbprint, shown);
        var session = cookies.GetCookies(host.Address)["__Host-recsys"]!;
        Assert.IsTrue(session.Secure && session.HttpOnly);
        Assert.AreEqual(HttpStatusCode.OK, (await client.GetAsync("/openapi/v1.json")).StatusCode);
        using var plain = new HttpClient();
        await Assert.ThrowsExactlyAsync<HttpRequestException>(() => plain.GetAsync(new UriBuilder(host.Address) { Scheme = "http" }.Uri));
        using var trusting = new HttpClient();
        await Assert.ThrowsExactlyAsync<HttpRequestException>(() => trusting.GetAsync(host.Address), "nobody signed this certificate");
    }

    [TestMethod]
    public async Task A_proxy_that_does_not_say_https_is_told_what_to_set()
    {
        await using var host = await TestHost.Start(settings: [
            .. TestHost.Credentials, "Serve:Proxies:0=127.0.0.1", "Serve:PublicUrl=https://recsys.example"]);
        using var person = host.Client();
        person.DefaultRequestHeaders.Accept.ParseAdd("text/html");
        foreach (string address in (string[])["/sign-in", "/", "/runs"])
        {
            var page = await person.GetAsync(address);
            Assert.AreEqual(HttpStatusCode.BadRequest, page.StatusCode, address);
            StringAssert.Contains(await page.Content.ReadAsStringAsync(), "X-Forwarded-Proto: https", address);
        }
        using var program = host.Client(TestHost.ViewerKey);
        Assert.AreEqual(HttpStatusCode.OK, (await program.GetAsync("/metrics")).StatusCode, "keys need no cookie");
        Assert.IsFalse(host.Log.Contains("   at ", StringComparison.Ordinal), host.Log);
    }

    [TestMethod]
    [DataRow("https://recsys.example/shop")]
    [DataRow("https://recsys.example/?a=b")]
    public async Task A_public_address_with_a_path_is_refused(string address)
    {
        var fault = await Assert.ThrowsExactlyAsync<ConfigurationException>(
            () => TestHost.Start(settings: [.. TestHost.Credentials, $"Serve:PublicUrl={address}"]));

        StringAssert.Contains(fault.Message, $"Serve:PublicUrl is '{address}'");
        StringAssert.Contains(fault.Message, "without a path");
    }

    [TestMethod]
    [DataRow("127.0.0.1", "203.0.113.9")]
    [DataRow("127.0.0.2", "127.0.0.1")]
    public async Task A_proxy_is_believed_about_who_asks_where_it_is_named_and_no_other_is(string proxy, string logged)
    {
        await using var host = await TestHost.Start(settings: [.. TestHost.Credentials, $"Serve:Proxies:0={proxy}"]);
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = host.Address };
        client.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.9");
        client.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
        var page = await client.GetAsync("/sign-in");
        if (proxy != "127.0.0.1")
        {
            // Its word that the line was https is not taken, and over a plain one no cookie is given.
            Assert.AreEqual(HttpStatusCode.BadRequest, page.StatusCode);
            return;
        }
        string html = await page.Content.ReadAsStringAsync();
        string form = page.Headers.GetValues("Set-Cookie").Single();
        StringAssert.StartsWith(form, "__Host-recsys-form=");
        StringAssert.Contains(form, "secure");

        Assert.AreEqual(HttpStatusCode.Unauthorized, (await Post("a wrong one")).StatusCode);
        StringAssert.Contains(host.Log, $"A sign-in failed, from {logged}");
        var signedIn = await Post(TestHost.Password);
        Assert.AreEqual(HttpStatusCode.Redirect, signedIn.StatusCode);
        StringAssert.StartsWith(signedIn.Headers.GetValues("Set-Cookie").Single(c => !c.Contains("-form=", StringComparison.Ordinal)), "__Host-recsys=");

        Task<HttpResponseMessage> Post(string password)
        {
            string token = Regex.Match(html, "name=\"__RequestVerificationToken\"[^>]*value=\"([^\"]+)\"").Groups[1].Value;
            var request = new HttpRequestMessage(HttpMethod.Post, "/sign-in")
            {
                Content = new FormUrlEncodedContent(
                    [KeyValuePair.Create("name", "olga"), KeyValuePair.Create("password", password), KeyValuePair.Create("__RequestVerificationToken", token)]),
            };
            request.Headers.Add("Cookie", form[..form.IndexOf(';', StringComparison.Ordinal)]);
            return client.SendAsync(request);
        }
    }

    private string[] Certificate(string kind)
    {
        string file = Path.Combine(_folder, "host." + kind);
        if (kind == "pfx")
        {
            File.WriteAllBytes(file, _certificate.Export(X509ContentType.Pkcs12));
            return [$"Serve:Certificate={file}"];
        }
        using var key = _certificate.GetECDsaPrivateKey()!;
        File.WriteAllText(file, _certificate.ExportCertificatePem());
        File.WriteAllText(file + ".key", key.ExportPkcs8PrivateKeyPem());
        return [$"Serve:Certificate={file}", $"Serve:CertificateKey={file}.key"];
    }
}
