using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Recsys.Batch.Jobs.Access;
using Recsys.Batch.Jobs.Text;
using Recsys.Batch.Pipeline.Publish;

namespace Recsys.Batch.Jobs.Api;

/// <summary>How the API answers: one version an answer, named by its entity tag.</summary>
internal static class ApiAnswer
{
    private const int MaxEntryCount = 1000;

    /// <summary>
    /// Whether the caller already holds the answer of <paramref name="known"/>: the same address under the same tag has the same answer. Writes 304 where that
    /// is so.
    /// </summary>
    public static bool IsKnown(HttpContext context, VersionTag? known, int cacheSeconds)
    {
        if (known is null) return false;
        string held = context.Request.Headers.IfNoneMatch.ToString();
        if (held.Length == 0) return false;
        string tag = Quoted(known);
        if (!held.Split(',', StringSplitOptions.TrimEntries).Any(k => (k.StartsWith("W/", StringComparison.Ordinal) ? k[2..] : k) == tag)) return false;
        context.Response.StatusCode = StatusCodes.Status304NotModified;
        Head(context, tag, cacheSeconds);
        return true;
    }

    public static Task Write<T>(HttpContext context, VersionTag tag, int cacheSeconds, T document, JsonTypeInfo<T> type)
    {
        Head(context, Quoted(tag), cacheSeconds);
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(document, type);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.Body.WriteAsync(body, 0, body.Length, context.RequestAborted);
    }

    /// <summary>Reads <c>limit</c>; writes the problem and gives null where it is not a number of entries.</summary>
    public static int? Limit(HttpContext context, out Task problem)
    {
        problem = Task.CompletedTask;
        if (!context.Request.Query.TryGetValue("limit", out var text)) return MaxEntryCount;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int limit) && limit is >= 1 and <= MaxEntryCount) return limit;
        problem = ProblemResponse.Write(context, StatusCodes.Status400BadRequest, "Bad limit", "limit is a whole number from 1 to 1000.");
        return null;
    }

    /// <summary>Reads <c>version</c>; null is the current one. Writes the problem and gives false where no version can have that name.</summary>
    public static bool Version(HttpContext context, out string? version, out Task problem)
    {
        problem = Task.CompletedTask;
        version = context.Request.Query.TryGetValue("version", out var text) ? text.ToString() : null;
        if (version is null || version.Length is > 0 and <= 100 && version.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')) return true;
        problem = ProblemResponse.Write(
            context, StatusCodes.Status400BadRequest, "Bad version", "version is a version's name as /v1/versions/current gives it.");
        return false;
    }

    /// <summary>Reads <c>language</c>, English without it; writes the problem and gives null where there are no sentences in it.</summary>
    public static ReasonText? Language(HttpContext context, out Task problem)
    {
        problem = Task.CompletedTask;
        string asked = context.Request.Query.TryGetValue("language", out var text) ? text.ToString() : ReasonText.Default;
        if (ReasonText.In(asked) is { } language) return language;
        problem = ProblemResponse.Write(
            context, StatusCodes.Status400BadRequest, "Bad language", $"language is one of {string.Join(", ", ReasonText.Languages)}.");
        return null;
    }

    public static Task BadId(HttpContext context) =>
        ProblemResponse.Write(context, StatusCodes.Status400BadRequest, "Bad id", "An id is UTF-8, percent-encoded, of 1 to 1,024 bytes without NUL.");

    /// <summary>Nothing was found: no such version, or nothing published at all, or <paramref name="what"/> is not in it.</summary>
    public static Task Missing(HttpContext context, string? version, bool published, string what) =>
        published ? ProblemResponse.Write(context, StatusCodes.Status404NotFound, "Not found", what)
        : version is not null
            ? ProblemResponse.Write(
                context, StatusCodes.Status404NotFound, "No such version", "There is no complete version of that name; it may have been pruned.")
        : ProblemResponse.Write(context, StatusCodes.Status503ServiceUnavailable, "Nothing is published", "The first night has not been published yet.");

    private static void Head(HttpContext context, string tag, int cacheSeconds)
    {
        context.Response.Headers.ETag = tag;
        context.Response.Headers.CacheControl = cacheSeconds == 0
            ? "private, no-cache"
            : string.Create(CultureInfo.InvariantCulture, $"private, max-age={cacheSeconds}");
        context.Response.Headers.Vary = "Authorization, X-Api-Key";
    }

    private static string Quoted(VersionTag tag) => $"\"{tag}\"";
}
