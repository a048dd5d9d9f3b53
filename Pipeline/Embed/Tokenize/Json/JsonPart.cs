using System.Text.Json;

namespace Recsys.Batch.Pipeline.Embed.Tokenize.Json;

/// <summary>A value inside of a JSON file that knows its file and place, so that whatever is wrong with it is said in one line.</summary>
internal readonly struct JsonPart(string file, string place, JsonElement value)
{
    public JsonElement Value { get; } = value;

    public bool IsNull => Value.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined;

    public static JsonPart Open(string file)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            var root = document.RootElement.Clone();
            return root.ValueKind == JsonValueKind.Object
                ? new JsonPart(file, "", root)
                : throw new TokenizerFileException(file, $"holds a JSON {root.ValueKind}; expected an object");
        }
        catch (JsonException e)
        {
            throw new TokenizerFileException(file, $"is not JSON: {e.Message}", e);
        }
    }

    /// <summary>The property; null where it is absent.</summary>
    public JsonPart this[string key]
    {
        get
        {
            if (Value.ValueKind != JsonValueKind.Object) throw Fault("an object");
            return new JsonPart(file, place.Length == 0 ? key : $"{place}.{key}", Value.TryGetProperty(key, out var child) ? child : default);
        }
    }

    public IEnumerable<JsonPart> Entries()
    {
        if (Value.ValueKind != JsonValueKind.Array) throw Fault("an array");
        int index = 0;
        foreach (var entry in Value.EnumerateArray()) yield return new JsonPart(file, $"{place}[{index++}]", entry);
    }

    public IEnumerable<(string Name, JsonPart Value)> Properties()
    {
        if (Value.ValueKind != JsonValueKind.Object) throw Fault("an object");
        foreach (var property in Value.EnumerateObject()) yield return (property.Name, new JsonPart(file, $"{place}.{property.Name}", property.Value));
    }

    public string Text() => Value.ValueKind == JsonValueKind.String ? Value.GetString()! : throw Fault("a string");

    public int Id() => Value.ValueKind == JsonValueKind.Number && Value.TryGetInt32(out int id) && id >= 0 ? id : throw Fault("a whole number from 0 up");

    public double Number() => Value.ValueKind == JsonValueKind.Number ? ReferenceNumber.Parse(Value.GetRawText()) : throw Fault("a number");

    public bool Flag(bool absent) => IsNull ? absent : Value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Fault("true or false"),
    };

    public TokenizerFileException Fault(string expected)
    {
        string found = IsNull ? "missing" : Value.GetRawText();
        return new TokenizerFileException(file, $"{place} is {(found.Length > 60 ? found[..60] + "..." : found)}; expected {expected}");
    }

    /// <summary>One error for a component that the reference has and this project has not.</summary>
    public TokenizerFileException Unsupported(string kind, string supported) => this["type"].Fault($"a {kind} of {supported}");
}
