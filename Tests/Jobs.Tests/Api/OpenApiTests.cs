using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Recsys.Batch.Jobs.Tests.Host;

namespace Recsys.Batch.Jobs.Tests.Api;

/// <summary>The document is written by hand: it is held against the endpoints that there are and against what they answer.</summary>
[TestClass]
internal sealed class OpenApiTests
{
    private static TestHost s_host = null!;
    private static JsonElement s_document;

    [ClassInitialize]
    public static async Task Start(TestContext _)
    {
        s_host = await TestHost.Start();
        SeededLists.Publish(s_host.Store, "v1", DateTimeOffset.UnixEpoch, ["plain"], features: ["score", "category", "text", "price"]);
        using var client = s_host.Client(TestHost.ViewerKey);
        using var document = JsonDocument.Parse(await client.GetStringAsync("/openapi/v1.json"));
        s_document = document.RootElement.Clone();
    }

    [ClassCleanup]
    public static async Task Stop() => await s_host.DisposeAsync();

    [TestMethod]
    public void It_describes_every_endpoint_for_programs_and_no_other()
    {
        var endpoints = s_host.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
            .Select(e => "/" + e.RoutePattern.RawText!.TrimStart('/'))
            .Where(p =>
                p.StartsWith("/v1/", StringComparison.Ordinal) || p.StartsWith("/health/", StringComparison.Ordinal) || p is "/metrics" or "/openapi/v1.json")
            .Distinct().Order(StringComparer.Ordinal).ToList();
        var described = s_document.GetProperty("paths").EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal).ToList();

        CollectionAssert.AreEqual(endpoints, described);
    }

    [TestMethod]
    [DataRow("/v1/users/{id}/recommendations", "/v1/users/plain/recommendations")]
    [DataRow("/v1/users/{id}/recommendations", "/v1/users/nobody/recommendations?limit=1")]
    [DataRow("/v1/users/{id}/recommendations", "/v1/users/nobody/recommendations?limit=x")]
    [DataRow("/v1/users/{id}/recommendations", "/v1/users/nobody/recommendations?version=v9")]
    [DataRow("/v1/users/{id}/recommendations", "/v1/users/plain/recommendations?language=zh")]
    [DataRow("/v1/users/{id}/recommendations", "/v1/users/plain/recommendations?language=")]
    [DataRow("/v1/items/{id}/neighbors", "/v1/items/v1-0/neighbors")]
    [DataRow("/v1/items/{id}/neighbors", "/v1/items/nothing/neighbors")]
    [DataRow("/v1/segments/{id}", "/v1/segments/all")]
    [DataRow("/v1/places", "/v1/places")]
    [DataRow("/v1/places/{place}/{id}", "/v1/places/cart_complements/v1-0")]
    [DataRow("/v1/places/{place}/{id}", "/v1/places/cart_complements/nothing")]
    [DataRow("/v1/places/{place}/{id}", "/v1/places/nowhere/v1-0")]
    [DataRow("/v1/baskets/complements", "/v1/baskets/complements?items=v1-0,v1-1")]
    [DataRow("/v1/baskets/complements", "/v1/baskets/complements?items=")]
    [DataRow("/v1/versions/current", "/v1/versions/current")]
    [DataRow("/health/live", "/health/live")]
    [DataRow("/health/ready", "/health/ready")]
    [DataRow("/metrics", "/metrics")]
    public async Task What_is_answered_is_what_it_says(string path, string asked)
    {
        using var client = s_host.Client(TestHost.ViewerKey);
        var answer = await client.GetAsync(asked);
        var described = s_document.GetProperty("paths")
            .GetProperty(path)
            .GetProperty("get")
            .GetProperty("responses")
            .GetProperty(((int)answer.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture));
        var schema = described.GetProperty("content").GetProperty(answer.Content.Headers.ContentType!.MediaType!).GetProperty("schema");
        string body = await answer.Content.ReadAsStringAsync();
        if (answer.Content.Headers.ContentType.MediaType == "text/plain") return;

        using var document = JsonDocument.Parse(body);
        Conforms(document.RootElement, schema, "$");
    }

    /// <summary>The part of JSON Schema that the document uses.</summary>
    private static void Conforms(JsonElement value, JsonElement schema, string at)
    {
        if (schema.TryGetProperty("$ref", out var reference))
        {
            Conforms(value, s_document.GetProperty("components").GetProperty("schemas").GetProperty(reference.GetString()!.Split('/')[^1]), at);
            return;
        }
        var type = schema.GetProperty("type");
        var types = type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray().Select(t => t.GetString()!)] : new[] { type.GetString()! };
        string found = value.ValueKind switch
        {
            JsonValueKind.Object => "object",
            JsonValueKind.Array => "array",
            JsonValueKind.String => "string",
            JsonValueKind.True or JsonValueKind.False => "boolean",
            JsonValueKind.Null => "null",
            _ => value.TryGetInt64(out _) && !types.Contains("number") ? "integer" : "number",
        };
        CollectionAssert.Contains(types, found, at);
        if (schema.TryGetProperty("enum", out var names)) Assert.IsTrue(names.EnumerateArray().Any(n => n.GetString() == value.GetString()), at);
        if (found == "array")
            foreach (var (entry, i) in value.EnumerateArray().Select((e, i) => (e, i))) Conforms(entry, schema.GetProperty("items"), $"{at}[{i}]");
        if (found != "object" || !schema.TryGetProperty("properties", out var properties))
        {
            if (found == "object" && schema.TryGetProperty("additionalProperties", out var any))
                foreach (var p in value.EnumerateObject()) Conforms(p.Value, any, $"{at}.{p.Name}");
            return;
        }
        foreach (var required in schema.GetProperty("required").EnumerateArray())
            Assert.IsTrue(value.TryGetProperty(required.GetString()!, out _), $"{at} lacks {required}");
        foreach (var p in value.EnumerateObject())
        {
            Assert.IsTrue(properties.TryGetProperty(p.Name, out var of), $"{at}.{p.Name} is not described");
            Conforms(p.Value, of, $"{at}.{p.Name}");
        }
    }
}
