using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Storage;

namespace Recsys.Batch.Jobs.Console;

/// <summary>A failure that a person can act on becomes a page with its message; any other is the host's.</summary>
internal sealed class ExplainFailures : IExceptionFilter
{
    public void OnException(ExceptionContext context)
    {
        // While the database is away, every page answers alike.
        if (context.Exception is not RecsysException failure || DatabaseAway.Is(failure)) return;
        var data = new ViewDataDictionary<string>(new EmptyModelMetadataProvider(), new ModelStateDictionary()) { Model = failure.Message };
        context.Result =
            new ViewResult { ViewName = "/Console/Pages/Shared/_Failure.cshtml", ViewData = data, StatusCode = StatusCodes.Status500InternalServerError };
        context.ExceptionHandled = true;
    }
}
