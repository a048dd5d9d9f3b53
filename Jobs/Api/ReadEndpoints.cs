using Recsys.Batch.Jobs.Access;
using Recsys.Batch.Jobs.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Publish;

namespace Recsys.Batch.Jobs.Api;

/// <summary><c>/v1</c>: what downstream systems ask for. Each answer is of one version, read in one snapshot.</summary>
internal sealed class ReadEndpoints(IPublishedReads reads, IOutputStore store, ServeOptions options)
{
    private const string DefaultSegment = "all";

    private static readonly string[] GetOrHead = ["GET", "HEAD"];

    /// <summary>From the most to the least that a page would show.</summary>
    private static readonly string[] NeighborSources = ["blend", "cf", "text"];

    public static void Map(IEndpointRouteBuilder app)
    {
        var endpoints = app.ServiceProvider.GetRequiredService<ReadEndpoints>();
        app.MapMethods("/v1/users/{id}/recommendations", GetOrHead, endpoints.Recommendations);
        app.MapMethods("/v1/items/{id}/neighbors", GetOrHead, endpoints.Neighbors);
        app.MapMethods("/v1/segments/{id}", GetOrHead, endpoints.Segment);
        app.MapMethods("/v1/versions/current", GetOrHead, endpoints.CurrentVersion);
    }

    private Task Recommendations(HttpContext context)
    {
        if (PathId.Read(context, 2) is not { } id) return ApiAnswer.BadId(context);
        if (ApiAnswer.Limit(context, out var problem) is not { } limit || !ApiAnswer.Version(context, out string? version, out problem)
            || ApiAnswer.Language(context, out problem) is not { } language)
        {
            return problem;
        }
        if (IsKnown(context, version)) return Task.CompletedTask;
        var list = reads.Read(id, version);
        bool personalized = list is not null;
        list ??= reads.ReadSegment(DefaultSegment, version);
        if (list is null) return ApiAnswer.Missing(context, version, IsPublished(version), "The user has no list in that version, and it has no defaults.");
        var items = list.Entries.Take(limit).Select(e => Item(e, list.Titles, language)).ToArray();
        return ApiAnswer.Write(
            context, list.Tag, options.CacheSeconds,
            new RecommendationsDocument(list.Version, id, personalized, personalized ? null : DefaultSegment, items), ApiJson.Default.RecommendationsDocument);
    }

    private Task Neighbors(HttpContext context)
    {
        if (PathId.Read(context, 2) is not { } id) return ApiAnswer.BadId(context);
        if (ApiAnswer.Limit(context, out var problem) is not { } limit || !ApiAnswer.Version(context, out string? version, out problem)) return problem;
        string? source = context.Request.Query.TryGetValue("source", out var asked) ? asked.ToString() : null;
        if (source is not null && !NeighborSources.Contains(source, StringComparer.Ordinal))
            return ProblemResponse.Write(context, StatusCodes.Status400BadRequest, "Bad source", "source is one of blend, cf, text.");
        if (IsKnown(context, version)) return Task.CompletedTask;
        var found = reads.ReadNeighbors(id, version);
        source ??= NeighborSources.FirstOrDefault(s => found?.Entries.Any(e => e.Source == s) == true);
        if (found is null || source is null || !found.Entries.Any(e => e.Source == source))
            return ApiAnswer.Missing(context, version, found is not null || IsPublished(version), "The item has no neighbors of that kind in that version.");
        var neighbors = found.Entries.Where(e => e.Source == source).Take(limit).Select(e => Neighbor(e, found.Titles)).ToArray();
        return ApiAnswer.Write(
            context, found.Tag, options.CacheSeconds, new NeighborsDocument(found.Version, id, source, neighbors), ApiJson.Default.NeighborsDocument);
    }

    private Task Segment(HttpContext context)
    {
        if (PathId.Read(context, 2) is not { } id) return ApiAnswer.BadId(context);
        if (ApiAnswer.Limit(context, out var problem) is not { } limit || !ApiAnswer.Version(context, out string? version, out problem)) return problem;
        if (IsKnown(context, version)) return Task.CompletedTask;
        var list = reads.ReadSegment(id, version);
        if (list is null) return ApiAnswer.Missing(context, version, IsPublished(version), "There is no segment of that name in that version.");
        var items = list.Entries.Take(limit).Select(e => SegmentItem(e, list.Titles)).ToArray();
        return ApiAnswer.Write(context, list.Tag, options.CacheSeconds, new SegmentDocument(list.Version, id, items), ApiJson.Default.SegmentDocument);
    }

    private Task CurrentVersion(HttpContext context)
    {
        string? current = store.Current;
        // Its document says nothing of items.
        if (ApiAnswer.IsKnown(context, current is null ? null : new VersionTag(current, 0), options.CacheSeconds)) return Task.CompletedTask;
        if (current is null || store.Find(current) is not { } v) return ApiAnswer.Missing(context, null, false, "");
        return ApiAnswer.Write(
            context, new VersionTag(v.Version, 0), options.CacheSeconds,
            new VersionDocument(
                v.Version, v.RunId, v.Created, v.Rows, v.Users, v.WindowFrom, v.WindowTo, v.Metrics.Where(m => double.IsFinite(m.Value)).ToDictionary()),
            ApiJson.Default.VersionDocument);
    }

    // Only a caller who holds something pays for the question which version is current.
    private bool IsKnown(HttpContext context, string? version) =>
        context.Request.Headers.IfNoneMatch.Count > 0
        && ApiAnswer.IsKnown(context, reads.Tag(version), options.CacheSeconds);

    private bool IsPublished(string? version) => version is null ? store.Current is not null : store.Find(version) is { IsComplete: true };

    private static RecommendationDocument Item(ListEntry entry, IReadOnlyDictionary<string, ItemTitle> titles, ReasonText language)
    {
        titles.TryGetValue(entry.ItemId, out var item);
        ReasonItemDocument[] reasons = [.. entry.ReasonItems.Select(r => new ReasonItemDocument(r, titles.TryGetValue(r, out var t) ? t.Title : null))];
        return new RecommendationDocument(
            entry.Rank, entry.ItemId, item?.Title, item?.Category, item?.Price, entry.Score, entry.ReasonCode,
            language.For(entry.ReasonCode, [.. reasons.Select(r => r.Title ?? r.ItemId)]), reasons, entry.Source, entry.Propensity)
        {
            Features = entry.Features is { } carried ? [.. carried.Strongest.Select(f => new FeatureDocument(f.Name, f.Share))] : null,
            OtherFeatures = entry.Features?.Others,
        };
    }

    private static NeighborDocument Neighbor(NeighborEntry entry, IReadOnlyDictionary<string, ItemTitle> titles)
    {
        titles.TryGetValue(entry.NeighborId, out var item);
        return new NeighborDocument(entry.Rank, entry.NeighborId, item?.Title, item?.Category, item?.Price, entry.Score);
    }

    private static SegmentItemDocument SegmentItem(ListEntry entry, IReadOnlyDictionary<string, ItemTitle> titles)
    {
        titles.TryGetValue(entry.ItemId, out var item);
        return new SegmentItemDocument(entry.Rank, entry.ItemId, item?.Title, item?.Category, item?.Price, entry.Score);
    }
}
