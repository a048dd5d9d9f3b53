using System.Text.Json;

namespace Recsys.Batch.Jobs.Text;

/// <summary>
/// Why an entry stands on a list, as a sentence for the shopper. Sentences of a language are one JSON file under Text/Reasons: a template for every reason
/// code, where <c>{items}</c> stands for titles, and what stands between titles. Languages are names here, no cultures: programs that run with invariant
/// globalization have none.
/// </summary>
internal sealed class ReasonText
{
    public const string Default = "en";

    private const string Prefix = "reasons/";

    private static readonly Dictionary<string, ReasonText> s_all = typeof(ReasonText).Assembly.GetManifestResourceNames()
        .Where(n => n.StartsWith(Prefix, StringComparison.Ordinal))
        .ToDictionary(n => Path.GetFileNameWithoutExtension(n[Prefix.Length..]), Read, StringComparer.OrdinalIgnoreCase);

    private readonly IReadOnlyDictionary<string, string> _templates;

    private ReasonText(IReadOnlyDictionary<string, string> templates) => _templates = templates;

    /// <summary>Languages that there are, by their two letters.</summary>
    public static IReadOnlyList<string> Languages { get; } = [.. s_all.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Null where there are no sentences in that language.</summary>
    public static ReasonText? In(string language) => s_all.GetValueOrDefault(language);

    /// <param name="code">As <c>user_recommendations.reason_code</c> has it.</param>
    /// <param name="items">Titles or ids of the items behind it, the strongest first.</param>
    /// <returns>Null for a code that the language has no sentence for.</returns>
    public string? For(string code, IReadOnlyList<string> items)
    {
        if (!_templates.TryGetValue(code, out string? template)) return null;
        string named = items.Count < 2
            ? string.Concat(items)
            : string.Join(_templates["separator"], items.Take(items.Count - 1)) + _templates["last_separator"] + items[^1];
        return template.Replace("{items}", named, StringComparison.Ordinal);
    }

    private static ReasonText Read(string resource)
    {
        using var from = typeof(ReasonText).Assembly.GetManifestResourceStream(resource)!;
        return new ReasonText(JsonSerializer.Deserialize<Dictionary<string, string>>(from)!);
    }
}
