using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Recsys.Batch.Jobs.Access;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Jobs.Console.Pages;

/// <summary>A page that acts: for operators alone, with the framework's antiforgery on every post, and back to a page that says what came of it.</summary>
[Authorize(Policy = AccessPolicies.Operator)]
internal abstract class OperatorPage : PageModel
{
    /// <summary>Who acts, as jobs have it.</summary>
    protected string By => User.Identity?.Name is { Length: > 0 } name ? name : "operator";

    protected IActionResult Done(string words, string to)
    {
        TempData["Done"] = words;
        return LocalRedirect(to);
    }

    protected IActionResult Trouble(string words, string to)
    {
        TempData["Trouble"] = words;
        return LocalRedirect(to);
    }

    /// <summary>Has a job queued and goes to the page that follows it; back with the reason where it cannot be used.</summary>
    /// <param name="queue">Gives the job's id.</param>
    protected IActionResult Trigger(Func<string> queue, string backTo)
    {
        try
        {
            return LocalRedirect($"/runs/asked/{Uri.EscapeDataString(queue())}");
        }
        catch (RecsysException e)
        {
            return Trouble(e.Message, backTo);
        }
    }
}
