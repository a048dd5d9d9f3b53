using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Alerts;

/// <summary>What is posted. Field <c>text</c> is what chat systems show.</summary>
internal sealed record AlertPost(string Id, string Kind, string Title, string Text, DateTimeOffset Raised, string? RunId, string Link);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(AlertPost))]
internal sealed partial class AlertJson : JsonSerializerContext;

/// <summary>
/// Posts alerts to webhooks. With a secret, header <c>X-Recsys-Signature</c> is <c>sha256=</c> and HMAC-SHA256 of <c>X-Recsys-Timestamp</c>, a dot and the
/// body, in hex. Redirects are not followed: an address that the operator did not name is not posted to.
/// </summary>
internal sealed class Webhooks : IDisposable
{
    private static readonly TimeSpan MaxPause = TimeSpan.FromMinutes(5);

    private readonly HttpClient _client;
    private readonly TimeProvider _time;
    private readonly IReadOnlyList<WebhookOptions> _options;

    public Webhooks(AlertsOptions options, TimeProvider time)
    {
        _options = options.Webhooks;
        _time = time;
        _client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, MaxResponseHeadersLength = 16 })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>The longest that one alert's delivery may take: webhooks are tried side by side.</summary>
    public TimeSpan Longest =>
        _options.Select(o => o.Timeout * o.MaxAttempts + Pauses().Take(o.MaxAttempts - 1).Aggregate(TimeSpan.Zero, (sum, pause) => sum + pause))
            .DefaultIfEmpty(TimeSpan.Zero)
            .Max();

    /// <summary>Posts to every webhook; what could not be delivered, by name, or null where all was.</summary>
    public async Task<string?> Deliver(LedgerAlert alert, string link, CancellationToken cancellation)
    {
        var post = new AlertPost(alert.Id, alert.Kind, alert.Title, $"{alert.Title}: {alert.Text} {link}", alert.Raised, alert.RunId, link);
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(post, AlertJson.Default.AlertPost);
        var failures = await Task.WhenAll(_options.Select(async o => (o.Name, Why: await Deliver(o, body, cancellation).ConfigureAwait(false))))
            .ConfigureAwait(false);
        string text = string.Join("; ", failures.Where(f => f.Why is not null).Select(f => $"{f.Name}: {f.Why}"));
        return text.Length == 0 ? null : text;
    }

    public void Dispose() => _client.Dispose();

    private async Task<string?> Deliver(WebhookOptions to, byte[] body, CancellationToken cancellation)
    {
        int attempt = 0;
        foreach (var pause in Pauses())
        {
            attempt++;
            var (failure, again) = await Post(to, body, cancellation).ConfigureAwait(false);
            if (failure is null) return null;
            if (!again || attempt >= to.MaxAttempts) return string.Create(CultureInfo.InvariantCulture, $"{failure} (try {attempt} of {to.MaxAttempts})");
            await Task.Delay(pause, _time, cancellation).ConfigureAwait(false);
        }
        throw new UnreachableException();
    }

    /// <summary>Without an end.</summary>
    private static IEnumerable<TimeSpan> Pauses()
    {
        for (var pause = TimeSpan.FromSeconds(1); ; pause = pause * 5 < MaxPause ? pause * 5 : MaxPause) yield return pause;
    }

    private async Task<(string? Failure, bool Again)> Post(WebhookOptions to, byte[] body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, to.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (to.Secret is { Length: > 0 } secret)
        {
            string stamp = _time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
            request.Headers.Add("X-Recsys-Timestamp", stamp);
            request.Headers.Add("X-Recsys-Signature", "sha256=" + Sign(secret, stamp, body));
        }
        using var limit = new CancellationTokenSource(to.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
            int status = (int)response.StatusCode;
            if (status is >= 200 and < 300) return (null, false);
            // What a receiver refuses it will refuse again, unless it says that it is busy.
            return ($"answered {status}", status is >= 500 or 408 or 425 or 429);
        }
        catch (HttpRequestException e)
        {
            return ($"could not be reached ({e.HttpRequestError})", true);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (string.Create(CultureInfo.InvariantCulture, $"did not answer within {to.Timeout.TotalSeconds:0.#} s"), true);
        }
    }

    private static string Sign(string secret, string stamp, byte[] body) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), (byte[])[.. Encoding.ASCII.GetBytes(stamp + "."), .. body]));
}
