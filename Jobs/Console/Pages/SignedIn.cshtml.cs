using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Recsys.Batch.Jobs.Access;

namespace Recsys.Batch.Jobs.Console.Pages;

/// <summary>The first page of ours after a provider's answer; it needs no session, and leads to one that does.</summary>
[AllowAnonymous]
internal sealed class SignedInModel : PageModel
{
    /// <summary>A path of this host.</summary>
    public string Next { get; private set; } = "/";

    public void OnGet(string? returnUrl) => Next = LocalUrl.Or(returnUrl, "/");
}
