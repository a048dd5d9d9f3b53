using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Jobs.Console.Pages;

/// <summary>What went wrong, in a sentence, and where to go from here.</summary>
[AllowAnonymous]
[IgnoreAntiforgeryToken]
public sealed class TroubleModel : PageModel
{
    public string Title { get; private set; } = "";

    public string Text { get; private set; } = "";

    public void OnGet(int code = 500) => Explain(code);

    public void OnPost(int code = 500) => Explain(code);

    private void Explain(int code)
    {
        var failure = HttpContext.Features.Get<IExceptionHandlerFeature>()?.Error;
        (Title, Text) = (failure, code) switch
        {
            (RecsysException e, _) => ("This page cannot be shown", e.Message),
            ({ }, _) => ("Something unexpected went wrong", "The host’s log has the details under this moment."),
            (_, 400) => ("That request could not be used", "The form was too old or incomplete. Go back, load the page again and repeat it."),
            (_, 401 or 403) => ("You may not do that", "It takes the role of an operator. Nothing was changed."),
            (_, 404) => ("There is no such page", "The run, version or item may have been deleted, or the address is misspelt."),
            (_, 429) => ("Too many attempts", "Wait a minute and try again."),
            _ => ("Something unexpected went wrong", "The host’s log has the details under this moment."),
        };
    }
}
