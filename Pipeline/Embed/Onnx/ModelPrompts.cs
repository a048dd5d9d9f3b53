using System.Text.Json;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Embed.Onnx;

/// <summary>What a model was trained to find before a text, such as E5's <c>query: </c>, by names.</summary>
/// <param name="Folder">The model's.</param>
/// <param name="Default">The name of the one that stands before every text unless another is asked for.</param>
/// <param name="Pooled">Whether the prompt's tokens are pooled with the text's.</param>
internal sealed record ModelPrompts(string Folder, IReadOnlyDictionary<string, string> Named, string? Default, bool Pooled)
{
    public const string File = "config_sentence_transformers.json";

    /// <exception cref="TextModelException">The file says what cannot be done.</exception>
    public static ModelPrompts Of(string folder, JsonElement? config, bool pooled)
    {
        var named = new SortedDictionary<string, string>(StringComparer.Ordinal);
        string? chosen = null;
        if (config is { ValueKind: JsonValueKind.Object } json)
        {
            if (json.TryGetProperty("prompts", out var prompts) && prompts.ValueKind == JsonValueKind.Object)
            {
                foreach (var prompt in prompts.EnumerateObject())
                    if (prompt.Value.ValueKind == JsonValueKind.String) named[prompt.Name] = prompt.Value.GetString()!;
            }
            if (json.TryGetProperty("default_prompt_name", out var name) && name.ValueKind == JsonValueKind.String) chosen = name.GetString();
        }
        if (chosen is not null && !named.ContainsKey(chosen))
        {
            throw new TextModelException(
                Path.Combine(folder, File), $"its default_prompt_name is '{chosen}'", $"one of its prompts: {string.Join(", ", named.Keys)}");
        }
        return new ModelPrompts(folder, named, chosen, pooled);
    }

    /// <param name="asked">Empty is the model's default, <see cref="EmbedOptions.NoModel"/> none, a name one of the model's, and any other text itself.</param>
    /// <exception cref="TextModelException">The model pools without its prompts.</exception>
    /// <exception cref="ConfigurationException">A word that is no name of the model's.</exception>
    public string Of(string asked)
    {
        string prompt = asked.Length == 0 ? Default is null ? "" : Named[Default]
            : asked.Equals(EmbedOptions.NoModel, StringComparison.OrdinalIgnoreCase) ? ""
            : Named.TryGetValue(asked, out string? named) ? named
            : !asked.All(char.IsLetterOrDigit) ? asked
            : throw new ConfigurationException(
                $"Embed:Prompt is '{asked}'; expected "
                + (Named.Count == 0 ? $"a text that stands before every item's, such as 'query: ' ({Folder} names no prompts)"
                    : $"a name that {Path.Combine(Folder, File)} has ({string.Join(", ", Named.Keys)}), a text such as 'query: ', or none"));
        if (prompt.Length > 0 && !Pooled)
        {
            throw new TextModelException(
                Folder, $"it pools without its prompt ('{prompt}', include_prompt is false)", "Embed:Prompt=none, or a model that pools all tokens");
        }
        return prompt;
    }
}
