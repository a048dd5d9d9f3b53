using Recsys.Batch.Jobs.Access.OpenId;
using Recsys.Batch.Jobs.Text;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Jobs.Access;

/// <summary>Section <c>Serve</c>: where the host listens and who may do what. Closed by default.</summary>
internal sealed class ServeOptions : IStageOptions
{
    /// <summary>
    /// Addresses as <c>http://localhost:5080</c>; <c>0.0.0.0</c>, <c>[::]</c> or a name bind further than this machine. Port 0 takes a free one.
    /// </summary>
    public List<string> Urls { get; set; } = ["http://localhost:5080"];

    public List<HostRole> Roles { get; set; } = [HostRole.Web, HostRole.Scheduler, HostRole.Worker];

    /// <summary>Development on this machine alone: without users and keys, whoever reaches the loopback address is an operator.</summary>
    public bool Development { get; set; }

    /// <summary>
    /// The address that people use, for links in alerts, without a path: pages lie at the root of their host. Empty: the first of <see cref="Urls"/>.
    /// </summary>
    public string? PublicUrl { get; set; }

    /// <summary>
    /// The zone in which the console and alerts say times: an IANA name as <c>Europe/Berlin</c>. Schedules have zones of their own, and days of data stay as
    /// the data have them.
    /// </summary>
    public string TimeZone { get; set; } = "UTC";

    /// <summary>
    /// Folder of session keys and of the pseudonyms' key, readable by its owner alone; empty: <c>host</c> in the output folder. Hosts that share it share
    /// sessions.
    /// </summary>
    public string? DataFolder { get; set; }

    /// <summary>Who may sign in. <c>serve hash-password</c> makes a hash.</summary>
    public List<UserOptions> Users { get; set; } = [];

    /// <summary>Programs that may ask, with header <c>X-Api-Key</c> or <c>Authorization: Bearer</c>. <c>serve new-key</c> makes a key and its hash.</summary>
    public List<ApiKeyOptions> ApiKeys { get; set; } = [];

    /// <summary>A provider at which people sign in, beside <see cref="Users"/> or instead of them.</summary>
    public OpenIdOptions OpenId { get; set; } = new();

    /// <summary>A session ends after this long without a request, 1 minute to 7 days.</summary>
    public TimeSpan SessionIdle { get; set; } = TimeSpan.FromHours(8);

    /// <summary>A session ends this long after sign-in however busy it was, 1 minute to 30 days.</summary>
    public TimeSpan SessionLimit { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Addresses of proxies whose <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> are believed.</summary>
    public List<string> Proxies { get; set; } = [];

    /// <summary>Certificate for https addresses: a PFX file, or a PEM file with <see cref="CertificateKey"/>.</summary>
    public string? Certificate { get; set; }

    /// <summary>PEM file of the certificate's private key.</summary>
    public string? CertificateKey { get; set; }

    /// <summary>Allows plain http beyond this machine without a trusted proxy: passwords and keys then cross the network in clear.</summary>
    public bool AllowPlainHttp { get; set; }

    /// <summary>Shows raw user ids in pages; otherwise a keyed hash stands for each.</summary>
    public bool ShowRawUserIds { get; set; }

    /// <summary>Key of the pseudonyms, 64 hex digits; empty: made once and kept in <see cref="DataFolder"/>.</summary>
    public string? PseudonymKey { get; set; }

    /// <summary>Seconds for which a cache may answer for the API before it asks again, 0 to 86,400.</summary>
    public int CacheSeconds { get; set; } = 60;

    /// <summary>
    /// <c>/health/ready</c> says no where no run has published or confirmed the lists for longer than this; empty: it says that they are stale, and is ready.
    /// </summary>
    public TimeSpan? ReadyWithin { get; set; }

    /// <summary>Seconds that requests and jobs have to put themselves down when the host stops, 0 to 3,600.</summary>
    public int StopSeconds { get; set; } = 25;

    public void Validate(OptionsCheck check)
    {
        check
            .Require(Urls.Count > 0, "none", "at least one address as http://localhost:5080", nameof(Urls))
            .Require(Roles.Count > 0, "none", "at least one of Web, Scheduler, Worker", nameof(Roles))
            .Require(SessionIdle >= TimeSpan.FromMinutes(1) && SessionIdle <= TimeSpan.FromDays(7), SessionIdle, "a duration from 00:01:00 to 7.00:00:00")
            .Require(SessionLimit >= TimeSpan.FromMinutes(1) && SessionLimit <= TimeSpan.FromDays(30), SessionLimit, "a duration from 00:01:00 to 30.00:00:00")
            .Require(ReadyWithin is null || ReadyWithin > TimeSpan.Zero, ReadyWithin, "a positive duration")
            .Require(
                PublicUrl is null || Uri.TryCreate(PublicUrl, UriKind.Absolute, out var uri) && uri is { Scheme: "http" or "https", PathAndQuery: "/" },
                PublicUrl,
                "an address without a path, as https://recsys.example.com: pages lie at the root of their host; give the console a name or a port of its own")
            .Require(
                PseudonymKey is null || PseudonymKey.Length == 64 && PseudonymKey.All(char.IsAsciiHexDigit),
                "a text of another shape", "64 hex digits", nameof(PseudonymKey))
            .Require(ZoneClock.Knows(TimeZone), TimeZone, ZoneClock.Expected(TimeZone))
            .Require(Certificate is not null || CertificateKey is null, CertificateKey, "Serve:Certificate beside it")
            .InRange(CacheSeconds, 0, 86_400)
            .InRange(StopSeconds, 0, 3_600);
        for (int i = 0; i < Urls.Count; i++)
        {
            check.Require(
                ListenAddress.Parse(Urls[i]) is not null, Urls[i], "an address as http://localhost:5080 or https://0.0.0.0:443, without a path",
                $"{nameof(Urls)}:{i}");
        }
        for (int i = 0; i < Proxies.Count; i++)
            check.Require(System.Net.IPAddress.TryParse(Proxies[i], out _), Proxies[i], "an IP address", $"{nameof(Proxies)}:{i}");
        for (int i = 0; i < Users.Count; i++) check.Nested(Users[i], $"{nameof(Users)}:{i}");
        for (int i = 0; i < ApiKeys.Count; i++) check.Nested(ApiKeys[i], $"{nameof(ApiKeys)}:{i}");
        check.Nested(OpenId);
        foreach (string twice in Users.Select(u => u.Name)
            .Concat(ApiKeys.Select(k => k.Name))
            .GroupBy(n => n, StringComparer.OrdinalIgnoreCase)
            .Where(g => g.Count() > 1)
            .Select(g => g.Key))
        {
            check.Require(false, twice, "names of users and keys that differ in more than case", nameof(Users));
        }
    }
}
