using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Recsys.Batch.Jobs.Access;
using Recsys.Batch.Jobs.Configuration;
using Recsys.Batch.Jobs.Host;
using Recsys.Batch.Pipeline.Publish;

namespace Recsys.Batch.Jobs.Tests.Host;

/// <summary>A host on a free port of this machine, with a store of its own, two users and two keys.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    public const string Password = "correct horse battery";
    public const string ViewerKey = "rk_viewer";
    public const string OperatorKey = "rk_operator";

    private static readonly string Hash = PasswordHash.Create(Password).ToString();

    private readonly RecsysHost _host;
    private readonly bool _ownsFolder;
    private readonly StringWriter _log;

    private TestHost(RecsysHost host, string folder, bool ownsFolder, StringWriter log)
    {
        (_host, Folder, _ownsFolder, _log) = (host, folder, ownsFolder, log);
        Address = new Uri(host.Urls[0]);
    }

    public string Folder { get; }

    public Uri Address { get; }

    public IServiceProvider Services => _host.Services;

    public IOutputStore Store => _host.Services.GetRequiredService<IOutputStore>();

    public string Log => _log.ToString();

    public static readonly string[] Credentials =
    [
        "Serve:Users:0:Name=olga", $"Serve:Users:0:PasswordHash={Hash}", "Serve:Users:0:Role=Operator",
        "Serve:Users:1:Name=vera", $"Serve:Users:1:PasswordHash={Hash}", "Serve:Users:1:Role=Viewer",
        "Serve:ApiKeys:0:Name=shop", $"Serve:ApiKeys:0:KeyHash={ApiKey.Hash(ViewerKey)}",
        "Serve:ApiKeys:1:Name=robot", $"Serve:ApiKeys:1:KeyHash={ApiKey.Hash(OperatorKey)}", "Serve:ApiKeys:1:Role=Operator",
    ];

    /// <param name="settings">As <c>--set</c> has them; null: the users and keys above.</param>
    /// <param name="folder">An earlier host's folder, to go on in.</param>
    public static async Task<TestHost> Start(TimeProvider? time = null, IEnumerable<string>? settings = null, string? folder = null)
    {
        bool owns = folder is null;
        folder ??= Directory.CreateTempSubdirectory("recsys-host-").FullName;
        var root = new SettingsLayers()
            .AddAssignments([$"Publish:Path={Path.Combine(folder, "out")}", "Serve:Urls:0=http://127.0.0.1:0", .. settings ?? Credentials]).Root;
        var log = new StringWriter();
        try
        {
            var host = RecsysHost.Build(root, Path.Combine(folder, "out"), time ?? TimeProvider.System, TextWriter.Synchronized(log));
            await host.StartAsync();
            return new TestHost(host, folder, owns, log);
        }
        catch when (owns)
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    /// <summary>A browser's worth of cookies; redirects are shown, not followed.</summary>
    public HttpClient Client(string? key = null, CookieContainer? cookies = null)
    {
        var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = cookies ?? new CookieContainer() })
        {
            BaseAddress = Address,
        };
        if (key is not null) client.DefaultRequestHeaders.Add("X-Api-Key", key);
        return client;
    }

    public async Task<HttpClient> SignedIn(string name, CookieContainer? cookies = null)
    {
        var client = Client(cookies: cookies);
        var answer = await SignIn(client, name, Password);
        Assert.AreEqual(HttpStatusCode.Redirect, answer.StatusCode, await answer.Content.ReadAsStringAsync());
        return client;
    }

    public static async Task<HttpResponseMessage> SignIn(HttpClient client, string name, string password, string? returnUrl = null) =>
        await client.PostAsync("/sign-in", await Form(client, ("name", name), ("password", password), ("returnUrl", returnUrl ?? "/")));

    /// <summary>A form with this client's token, as a page of the host would post it.</summary>
    public static Task<FormUrlEncodedContent> Form(HttpClient client, params (string Name, string Value)[] fields) => FormOf("/sign-in", client, fields);

    public static async Task<FormUrlEncodedContent> FormOf(string address, HttpClient client, params (string Name, string Value)[] fields)
    {
        string page = await client.GetStringAsync(address);
        string token = Regex.Match(page, "name=\"__RequestVerificationToken\"[^>]*value=\"([^\"]+)\"").Groups[1].Value;
        return new FormUrlEncodedContent(
            [.. fields.Select(f => KeyValuePair.Create(f.Name, f.Value)), KeyValuePair.Create("__RequestVerificationToken", token)]);
    }

    /// <summary>Sends a request line that no client library would send, and reads the answer to its end.</summary>
    public async Task<(int Status, string Head, string Body)> Raw(string target, string? key = ViewerKey, string method = "GET", string headers = "")
    {
        using var socket = new System.Net.Sockets.TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, Address.Port);
        var stream = socket.GetStream();
        string request =
            $"{method} {target} HTTP/1.1\r\nHost: 127.0.0.1:{Address.Port}\r\nConnection: close\r\n{(key is null ? "" : $"X-Api-Key: {key}\r\n")}{headers}\r\n";
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
        using var reader = new StreamReader(stream, Encoding.UTF8);
        string answer = await reader.ReadToEndAsync();
        int end = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        return (int.Parse(answer.AsSpan(9, 3), System.Globalization.CultureInfo.InvariantCulture), answer[..end], answer[(end + 4)..]);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await _host.DisposeAsync();
        if (_ownsFolder) Directory.Delete(Folder, recursive: true);
    }
}
