using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Recsys.Batch.Pipeline.Runs;

/// <summary>JSON with one spelling for one value: keys in ordinal order, no white space, enums by name, shortest round-trip numbers.</summary>
internal static class CanonicalJson
{
    internal static readonly JsonSerializerOptions Options = new()
    {
        Converters = { new JsonStringEnumConverter() },
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public static JsonNode? ToNode(object? value) =>
        value is null ? null : Sorted(JsonSerializer.SerializeToNode(value, value.GetType(), Options));

    public static string Hash(JsonNode? node) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(Sorted(node), Options)));

    /// <summary>Paths of the leaves in which two documents differ, <c>Section:Key</c>, in ordinal order.</summary>
    public static IReadOnlyList<string> Differences(JsonNode? before, JsonNode? after)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        Compare("", before, after, found);
        return [.. found];
    }

    private static void Compare(string path, JsonNode? before, JsonNode? after, SortedSet<string> found)
    {
        if (before is JsonObject x && after is JsonObject y)
        {
            foreach (string key in x.Select(p => p.Key).Union(y.Select(p => p.Key)))
                Compare(path.Length == 0 ? key : $"{path}:{key}", x[key], y[key], found);
            return;
        }
        if (!JsonNode.DeepEquals(before, after)) found.Add(path.Length == 0 ? "all" : path);
    }

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject o => new JsonObject(o.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, Sorted(p.Value)))),
        JsonArray a => new JsonArray([.. a.Select(Sorted)]),
        _ => node?.DeepClone(),
    };
}
