using System.Globalization;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Recsys.Batch.Jobs.Access;
using Recsys.Batch.Jobs.Access.OpenId;

namespace Recsys.Batch.Jobs.Console.Pages;

/// <summary>The page that opens a session. A wrong name and a wrong password give the same answer after the same time.</summary>
[AllowAnonymous]
internal sealed class SignInModel(AccessDirectory directory, ServeOptions options, SignInThrottle throttle, ILogger<SignInModel> log) : PageModel
{
    private const int MaxPasswordLength = 1024;

    /// <summary>Why the last try did not do; null before the first.</summary>
    public string? Fault { get; private set; }

    /// <summary>A path of this host to go to afterwards.</summary>
    public string ReturnUrl { get; private set; } = "/";

    /// <summary>What the provider's button says; null where none is configured.</summary>
    public string? Provider => options.OpenId.IsOn ? options.OpenId.Label : null;

    /// <summary>Whether the provider's answer opened no session.</summary>
    public bool Refused { get; private set; }

    public bool HasPasswords => directory.HasUsers || Provider is null;

    public IActionResult OnGet(string? returnUrl, string? refused)
    {
        ReturnUrl = LocalUrl.Or(returnUrl, "/");
        if (Provider is null || OpenIdRefusals.Parse(refused) is not { } refusal) return Page();
        Refused = true;
        var (status, words) = OpenIdRefusals.Words(refusal, Provider);
        return Failed(status, words);
    }

    public async Task<IActionResult> OnPostAsync(string? name, string? password, string? returnUrl)
    {
        ReturnUrl = LocalUrl.Or(returnUrl, "/");
        name ??= "";
        password ??= "";
        var address = HttpContext.Connection.RemoteIpAddress;
        if (!UserOptions.IsName(name) || password.Length is 0 or > MaxPasswordLength) return Wrong();
        if (throttle.Enter(address, name) is { } wait)
        {
            SessionLog.Slowed(log, address);
            int seconds = (int)Math.Ceiling(wait.TotalSeconds);
            Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            return Failed(StatusCodes.Status429TooManyRequests, $"Too many tries. Wait {(seconds + 59) / 60} minutes.");
        }
        if (directory.SignIn(name, password, AccessSchemes.Session) is not { } principal)
        {
            SessionLog.Refused(log, address);
            return Wrong();
        }
        throttle.Succeeded(address, name);
        SessionLog.SignedIn(log, principal.Identity!.Name!);
        await HttpContext.SignInAsync(AccessSchemes.Session, principal).ConfigureAwait(false);
        return LocalRedirect(ReturnUrl);
    }

    private PageResult Wrong() => Failed(StatusCodes.Status401Unauthorized, "The name or the password is wrong.");

    private PageResult Failed(int status, string fault)
    {
        Fault = fault;
        return new PageResult { StatusCode = status };
    }
}
