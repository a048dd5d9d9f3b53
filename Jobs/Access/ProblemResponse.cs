using System.Text.Json;

namespace Recsys.Batch.Jobs.Access;

/// <summary>An error as programs read it: a document of RFC 9457.</summary>
internal static class ProblemResponse
{
    public const string ContentType = "application/problem+json";

    private static readonly string[] ForPrograms = ["/v1", "/health", "/metrics", "/openapi"];

    /// <summary>Whether the caller reads pages: a person in a browser, and not at an address for programs.</summary>
    public static bool WantsPage(HttpContext context) =>
        !IsForPrograms(context) && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the address is one for programs.</summary>
    public static bool IsForPrograms(HttpContext context) =>
        ForPrograms.Any(p => context.Request.Path.StartsWithSegments(p, StringComparison.OrdinalIgnoreCase));

    /// <param name="detail">For the caller; never what came with the request.</param>
    public static Task Write(HttpContext context, int status, string title, string? detail = null)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = ContentType;
        context.Response.Headers.CacheControl = "no-store";
        var document = new ProblemDocument("about:blank", title, status, detail);
        return JsonSerializer.SerializeAsync(context.Response.Body, document, ProblemJson.Default.ProblemDocument, context.RequestAborted);
    }
}
