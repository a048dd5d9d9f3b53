using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Recsys.Batch.Jobs.Access;
using Recsys.Batch.Jobs.Scheduling.Dashboard;

namespace Recsys.Batch.Jobs.Console;

/// <summary>What every page knows of the one who looks at it.</summary>
internal sealed class ConsoleContext(
    IHttpContextAccessor context, IAuthorizationService authorization, AssetLibrary assets, Pseudonyms pseudonyms, TimeProvider time, IServiceProvider services)
{
    private bool? _operator;

    public static IReadOnlyList<(string Name, string Address, string Icon)> Areas { get; } =
    [
        ("Overview", "/", "overview"),
        ("Nights", "/nights", "nights"),
        ("Runs", "/runs", "runs"),
        ("Quality", "/quality", "quality"),
        ("Balance", "/balance", "balance"),
        ("Lists", "/lists", "lists"),
        ("Places", "/places", "places"),
        ("Versions", "/versions", "versions"),
        ("Schedules", "/schedules", "schedules"),
        ("Hosts", "/hosts", "hosts"),
    ];

    /// <summary>Hangfire's own pages; null where this host has none.</summary>
    public HangfireDashboard? Dashboard { get; } = services.GetService<HangfireDashboard>();

    public DateTimeOffset Now { get; } = time.GetUtcNow();

    public ClaimsPrincipal User => context.HttpContext!.User;

    /// <summary><c>light</c> or <c>dark</c> where the viewer chose one; null follows the system.</summary>
    public string? Theme => context.HttpContext!.Request.Cookies["theme"] is { } theme and ("light" or "dark") ? theme : null;

    /// <summary>Path and query of this page.</summary>
    public string Here => context.HttpContext!.Request.Path + context.HttpContext!.Request.QueryString;

    public string Asset(string name) => assets.Address(name);

    /// <summary>Whether this viewer sees customers' ids as the logs write them.</summary>
    public bool ShowsRawIds => pseudonyms.IsRaw(context.HttpContext!);

    /// <summary>A customer as this viewer may see them.</summary>
    public string Customer(string userId) => pseudonyms.Show(context.HttpContext!, userId);

    /// <summary>The first segment of the path, which says in which area the page lies.</summary>
    public bool IsIn(string address) =>
        address == "/" ? context.HttpContext!.Request.Path == "/" : context.HttpContext!.Request.Path.StartsWithSegments(address, StringComparison.Ordinal);

    /// <summary>Whether the viewer may act. Pages show no action to one who may not; the actions themselves ask again.</summary>
    public async Task<bool> IsOperatorAsync() =>
        _operator ??= (await authorization.AuthorizeAsync(User, AccessPolicies.Operator).ConfigureAwait(false)).Succeeded;
}
