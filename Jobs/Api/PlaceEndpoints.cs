using System.Text.Json.Nodes;
using Recsys.Batch.Jobs.Access;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Places.CartComplements;
using Recsys.Batch.Pipeline.Places.QueryResults;
using Recsys.Batch.Pipeline.Publish;

namespace Recsys.Batch.Jobs.Api;

/// <summary><c>/v1/places</c>: the shop's places beside "for you", each by the first column of its table's key; and the complements of a basket.</summary>
internal sealed class PlaceEndpoints(IPublishedReads reads, IOutputStore store, ServeOptions options)
{
    /// <summary>Items of a basket that are looked at.</summary>
    private const int MaxBasket = 200;

    private static readonly string[] GetOrHead = ["GET", "HEAD"];

    public static void Map(IEndpointRouteBuilder app)
    {
        var endpoints = app.ServiceProvider.GetRequiredService<PlaceEndpoints>();
        app.MapMethods("/v1/places", GetOrHead, endpoints.Places);
        app.MapMethods("/v1/places/{place}/{id}", GetOrHead, endpoints.Place);
        app.MapMethods("/v1/baskets/complements", GetOrHead, endpoints.Basket);
    }

    private Task Places(HttpContext context)
    {
        if (store.Current is not { } current) return ApiAnswer.Missing(context, null, false, "");
        var tag = new VersionTag(current, 0);
        if (ApiAnswer.IsKnown(context, tag, options.CacheSeconds)) return Task.CompletedTask;
        var places = PlaceTables.All.Where(t => store.PlaceKeys(t, 1).Count > 0)
            .Select(t => new PlaceDocument(t.Name, t.Key, [.. t.Columns.Select(c => c.Name)])).ToArray();
        return ApiAnswer.Write(context, tag, options.CacheSeconds, new PlacesDocument(current, places), ApiJson.Default.PlacesDocument);
    }

    private Task Place(HttpContext context)
    {
        if (PathId.Read(context, 2) is not { } name || PathId.Read(context, 3) is not { } id) return ApiAnswer.BadId(context);
        if (ApiAnswer.Limit(context, out var problem) is not { } limit || !ApiAnswer.Version(context, out string? version, out problem)) return problem;
        if (PlaceTables.Find(name) is not { } table)
        {
            return ProblemResponse.Write(
                context, StatusCodes.Status404NotFound, "No such place", $"A place is one of {string.Join(", ", PlaceTables.All.Select(t => t.Name))}.");
        }
        if (IsKnown(context, version)) return Task.CompletedTask;
        // Queries stand in small letters with one blank between words, however they are typed.
        if (table == PlaceTables.QueryResults) id = new QueryWords().Normalized(id);
        if (reads.ReadPlace(table, id, version) is not { } found)
            return ApiAnswer.Missing(context, version, IsPublished(version), $"{name} has nothing for that {table.Key} in that version.");
        string? kind = table.HasKinds ? context.Request.Query[PlaceTable.KindColumn] : Microsoft.Extensions.Primitives.StringValues.Empty;
        // A key with a list for each kind has ranks of each.
        var items = found.Rows.Where(r => r.Rank <= limit && (string.IsNullOrEmpty(kind) || (string)r[PlaceTable.KindColumn] == kind))
            .Select(r => Item(r, found.Titles)).ToArray();
        return ApiAnswer.Write(
            context, found.Tag, options.CacheSeconds, new PlaceRowsDocument(found.Version, name, id, items), ApiJson.Default.PlaceRowsDocument);
    }

    private Task Basket(HttpContext context)
    {
        if (ApiAnswer.Limit(context, out var problem) is not { } limit || !ApiAnswer.Version(context, out string? version, out problem)) return problem;
        // A comma separates ids in items; an id that holds one comes as item, once for each.
        string[] basket =
        [
            .. context.Request.Query["items"].SelectMany(i => (i ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
                .Concat(context.Request.Query["item"].OfType<string>()).Where(i => i.Length > 0).Distinct(StringComparer.Ordinal),
        ];
        if (basket.Length is 0 or > MaxBasket || basket.Any(i => i.Length > 1024 || i.Contains('\0', StringComparison.Ordinal)))
        {
            return ProblemResponse.Write(
                context, StatusCodes.Status400BadRequest, "Bad items",
                $"items is 1 to {MaxBasket} ids with commas between them; an id with a comma comes as item=, once for each.");
        }
        // One version for all of the basket: the first answer says which.
        VersionTag? tag = reads.Tag(version);
        if (tag is null) return ApiAnswer.Missing(context, version, IsPublished(version), "");
        if (ApiAnswer.IsKnown(context, tag, options.CacheSeconds)) return Task.CompletedTask;
        var titles = new Dictionary<string, ItemTitle>(StringComparer.Ordinal);
        var complements = new List<(string Item, double Score)>();
        foreach (string item in basket)
        {
            if (reads.ReadPlace(PlaceTables.CartComplements, item, tag.Version) is not { } found) continue;
            foreach (var (id, title) in found.Titles) titles[id] = title;
            complements.AddRange(found.Rows.Select(r => (r.ItemId, r.Score)));
        }
        var items = BasketComplements.Of(basket, complements, limit, StringComparer.Ordinal).Select((c, i) =>
        {
            titles.TryGetValue(c.Item, out var title);
            return new SegmentItemDocument(i + 1, c.Item, title?.Title, title?.Category, title?.Price, c.Score);
        }).ToArray();
        return ApiAnswer.Write(context, tag, options.CacheSeconds, new BasketDocument(tag.Version, basket, items), ApiJson.Default.BasketDocument);
    }

    private bool IsKnown(HttpContext context, string? version) =>
        context.Request.Headers.IfNoneMatch.Count > 0 && ApiAnswer.IsKnown(context, reads.Tag(version), options.CacheSeconds);

    private bool IsPublished(string? version) => version is null ? store.Current is not null : store.Find(version) is { IsComplete: true };

    private static PlaceItemDocument Item(PlaceRow row, IReadOnlyDictionary<string, ItemTitle> titles)
    {
        titles.TryGetValue(row.ItemId, out var item);
        var more = new JsonObject();
        for (int c = 1; c < row.Values.Count; c++)
        {
            string name = row.Table.Columns[c].Name;
            if (name == row.Table.Item || name is "rank" or "score") continue;
            more[name] = row.Values[c] switch
            {
                int whole => JsonValue.Create(whole),
                double number => JsonValue.Create(number),
                var vector when name == PlaceTables.VectorColumn => JsonNode.Parse((string)vector),
                var text => JsonValue.Create((string)text),
            };
        }
        return new PlaceItemDocument(row.Rank, row.ItemId, item?.Title, item?.Category, item?.Price, row.Score, more);
    }
}
