using System.Net;
using System.Text.RegularExpressions;

namespace Recsys.Batch.Jobs.Tests.Console;

/// <summary>Someone who asks for pages and sends forms, with cookies and without following redirects.</summary>
internal sealed partial class Visitor : IDisposable
{
    private readonly HttpClient _client;

    public Visitor(string address, string role)
    {
        var cookies = new CookieContainer();
        cookies.Add(new Uri(address), new Cookie("role", role));
        _client = new HttpClient(new HttpClientHandler { CookieContainer = cookies, AllowAutoRedirect = false }) { BaseAddress = new Uri(address) };
        _client.DefaultRequestHeaders.Accept.ParseAdd("text/html");
    }

    public void Dispose() => _client.Dispose();

    public Task<HttpResponseMessage> Get(string address) => _client.GetAsync(address);

    /// <summary>A page that must be there.</summary>
    public async Task<string> Page(string address)
    {
        using var answer = await _client.GetAsync(address);
        string text = await answer.Content.ReadAsStringAsync();
        Assert.AreEqual(HttpStatusCode.OK, answer.StatusCode, $"{address}: {text[..Math.Min(2000, text.Length)]}");
        return text;
    }

    public async Task<string> Token(string address) => TokenOf(await Page(address));

    public static string TokenOf(string page) => FormToken().Match(page).Groups[1].Value;

    public Task<HttpResponseMessage> Post(string address, string token, params (string Name, string Value)[] fields) =>
        _client.PostAsync(
            address,
            new FormUrlEncodedContent(
                fields.Select(f => KeyValuePair.Create(f.Name, f.Value)).Append(KeyValuePair.Create("__RequestVerificationToken", token))));

    [GeneratedRegex("name=\"__RequestVerificationToken\"[^>]*value=\"([^\"]+)")]
    private static partial Regex FormToken();
}
