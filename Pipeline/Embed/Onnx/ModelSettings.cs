using System.Text.Json;

namespace Recsys.Batch.Pipeline.Embed.Onnx;

/// <summary>
/// What the JSON files of a model folder say, ours and those that sentence-transformers writes; null where none says it. <c>config.json</c> may have
/// <c>pooling</c> (<c>mean</c>, <c>cls</c>, <c>max</c>, <c>none</c>), <c>max_length</c>, <c>output</c>, beside what Hugging Face writes there.
/// </summary>
/// <param name="Files">Those that were there.</param>
/// <param name="Output">Name of the graph's output to take.</param>
/// <param name="LowerCase">Whether texts are lowered before they are tokenized.</param>
/// <param name="Prompts">What stands before texts, by the model's names of its tasks.</param>
internal sealed record ModelSettings(
    IReadOnlyList<string> Files, Pooling? Pooling, string? Output, int? MaxLength, bool LowerCase, ModelPrompts Prompts)
{
    private const int Longest = 8_192;

    /// <exception cref="TextModelException">A file is no JSON, or says what cannot be done.</exception>
    public static ModelSettings Read(string folder)
    {
        var files = new List<string>();
        var config = Open(folder, "config.json", files);
        var sentence = Open(folder, "sentence_bert_config.json", files);
        var tokenizer = Open(folder, Tokenize.Tokenizers.ConfigFile, files);
        string poolingFile = PoolingFile(folder, files);
        var pooling = Open(folder, poolingFile, files);
        var prompts = Open(folder, ModelPrompts.File, files);
        return new ModelSettings(
            files,
            Named(folder, config) ?? Flagged(folder, poolingFile, pooling),
            Text(config, "output"),
            Number(config, "max_length") ?? Number(sentence, "max_seq_length") ?? Number(tokenizer, "model_max_length") ?? Positions(config),
            Value(sentence, "do_lower_case") is { ValueKind: JsonValueKind.True },
            ModelPrompts.Of(folder, prompts, pooled: Value(pooling, "include_prompt") is not { ValueKind: JsonValueKind.False }));
    }

    private static JsonElement? Open(string folder, string name, List<string> files)
    {
        string path = Path.Combine(folder, name);
        if (!File.Exists(path)) return null;
        files.Add(path);
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            return json.RootElement.ValueKind is JsonValueKind.Object or JsonValueKind.Array
                ? json.RootElement.Clone()
                : throw new TextModelException(path, $"it holds a JSON {json.RootElement.ValueKind.ToString().ToLowerInvariant()}", "an object");
        }
        catch (JsonException e)
        {
            throw new TextModelException(path, $"it is not JSON ({e.Message})", "an object", e);
        }
    }

    /// <summary>Where the chain of modules is written down, nothing may follow that only PyTorch has the weights of.</summary>
    private static string PoolingFile(string folder, List<string> files)
    {
        const string Usual = "1_Pooling";
        if (Open(folder, "modules.json", files) is not { ValueKind: JsonValueKind.Array } modules) return Path.Combine(Usual, "config.json");
        string path = Usual;
        foreach (var module in modules.EnumerateArray())
        {
            string type = (Text(module, "type") ?? "").Split('.')[^1];
            if (type == "Pooling") path = Text(module, "path") ?? Usual;
            else if (type is not ("Transformer" or "Normalize"))
            {
                throw new TextModelException(
                    Path.Combine(folder, "modules.json"),
                    $"the model ends with a module '{type}' outside of the graph",
                    "modules Transformer, Pooling and Normalize alone: export that module into the graph");
            }
        }
        return Path.Combine(path, "config.json");
    }

    private static Pooling? Named(string folder, JsonElement? config) => Text(config, "pooling") switch
    {
        null => null,
        "mean" => Onnx.Pooling.Mean,
        "cls" => Onnx.Pooling.Cls,
        "max" => Onnx.Pooling.Max,
        "none" => Onnx.Pooling.None,
        var other => throw new TextModelException(Path.Combine(folder, "config.json"), $"'pooling' is '{other}'", "mean, cls, max or none (the graph pools)"),
    };

    private static Pooling? Flagged(string folder, string file, JsonElement? pooling)
    {
        if (pooling is not { ValueKind: JsonValueKind.Object } json) return null;
        var set = json.EnumerateObject()
            .Where(p => p.Name.StartsWith("pooling_mode_", StringComparison.Ordinal) && p.Value.ValueKind == JsonValueKind.True)
            .Select(p => p.Name["pooling_mode_".Length..])
            .ToArray();
        return set switch
        {
            [] when Text(json, "pooling_mode") is { } named => Mode(named),
            [var one] => Mode(one),
            _ => throw new TextModelException(Path.Combine(folder, file), $"it sets {set.Length} ways of pooling", "one"),
        };

        // The square root of the length goes away in the unit vector.
        Pooling Mode(string mode) => mode switch
        {
            "mean_tokens" or "mean" or "mean_sqrt_len_tokens" or "mean_sqrt_len" => Onnx.Pooling.Mean,
            "cls_token" or "cls" => Onnx.Pooling.Cls,
            "max_tokens" or "max" => Onnx.Pooling.Max,
            _ => throw new TextModelException(
                Path.Combine(folder, file), $"its pooling is '{mode}'", "mean, cls or max: export other ways of pooling into the graph"),
        };
    }

    /// <summary>RoBERTa's positions start behind its padding id.</summary>
    private static int? Positions(JsonElement? config) =>
        Number(config, "max_position_embeddings") is not { } positions ? null
        : Text(config, "model_type") is "roberta" or "xlm-roberta" or "camembert" or "mpnet" ? Math.Max(4, positions - 2) : positions;

    private static JsonElement? Value(JsonElement? json, string name) =>
        json is { ValueKind: JsonValueKind.Object } o && o.TryGetProperty(name, out var value) ? value : null;

    private static string? Text(JsonElement? json, string name) => Value(json, name) is { ValueKind: JsonValueKind.String } v ? v.GetString() : null;

    private static int? Number(JsonElement? json, string name) =>
        Value(json, name) is { ValueKind: JsonValueKind.Number } v && v.TryGetDouble(out double n) && n is >= 4 and <= Longest ? (int)n : null;
}
