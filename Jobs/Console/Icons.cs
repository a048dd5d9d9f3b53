using Microsoft.AspNetCore.Html;

namespace Recsys.Batch.Jobs.Console;

/// <summary>
/// Small pictures of ours, in the page itself so that they take the text's colour. All stand beside a word and are hidden from screen readers.
/// </summary>
internal static class Icons
{
    private static readonly Dictionary<string, string> Shapes = new(StringComparer.Ordinal)
    {
        ["ok"] = """<circle cx="8" cy="8" r="6.25"/><path d="m5.2 8.2 2 2 3.7-4.2"/>""",
        ["warn"] = """<path d="M8 2.2 14.3 13H1.7Z" stroke-linejoin="round"/><path d="M8 6.4v3.2M8 11.3v.1"/>""",
        ["failed"] = """<circle cx="8" cy="8" r="6.25"/><path d="m5.8 5.8 4.4 4.4m0-4.4-4.4 4.4"/>""",
        ["refused"] = """<path d="M8 1.8 13.4 4v4c0 3-2.3 5.2-5.4 6.2C4.9 13.2 2.6 11 2.6 8V4Z" stroke-linejoin="round"/><path d="M5.4 8h5.2"/>""",
        ["cancelled"] = """<circle cx="8" cy="8" r="6.25"/><path d="m3.7 12.3 8.6-8.6"/>""",
        ["reused"] = """<circle cx="8" cy="8" r="6.25" stroke-dasharray="2.4 2"/><path d="M5.5 8h5"/>""",
        ["queued"] = """<circle cx="8" cy="8" r="6.25"/><path d="M8 4.800V8l2.2 1.5"/>""",
        ["running"] = """<circle cx="8" cy="8" r="6.25" opacity=".3"/><path class="turn" d="M8 1.750A6.25 6.25 0 0 1 14.25 8"/>""",
        ["paused"] = """<circle cx="8" cy="8" r="6.25"/><path d="M6.5 5.700v4.600M9.5 5.700v4.6"/>""",
        ["overview"] = """<path d="M2.5 13.500v-5M6.2 13.500v-8M9.9 13.500v-6M13.5 13.500v-11"/>""",
        ["nights"] = """<path d="M3 13.500v-4M8 13.500v-8M13 13.500v-11M1.500 13.500h13" stroke-width="2.2"/>""",
        ["runs"] = """<path d="M2 4h7M5 8h8M4 12h5" stroke-width="2.2"/>""",
        ["quality"] =
            """<path d="M8 1.8 13.4 4v4c0 3-2.3 5.2-5.4 6.200C4.9 13.2 2.6 11 2.6 8V4Z" stroke-linejoin="round"/><path d="m5.6 8 1.7 1.700L10.5 6.3"/>""",
        ["balance"] = """<path d="M2.5 2.500v11h11"/><circle cx="6" cy="6" r="1"/><circle cx="9" cy="7" r="1"/><circle cx="12" cy="10.5" r="1"/>""",
        ["lists"] = """<path d="M6 4h8M6 8h8M6 12h8M2.5 4h.1M2.5 8h.1M2.5 12h.1"/>""",
        ["places"] = """<path d="M2.5 6.500h11v7h-11ZM2 6.500 3.5 2.500h9L14 6.500M6.5 13.500v-4h3v4" stroke-linejoin="round"/>""",
        ["versions"] = """<path d="m8 2 6 3-6 3-6-3Z" stroke-linejoin="round"/><path d="m2 8.2 6 3 6-3M2 11.200l6 3 6-3" stroke-linejoin="round"/>""",
        ["hosts"] =
            """<path d="M2.5 2.500h11v4.500h-11ZM2.5 9h11v4.500h-11Z" stroke-linejoin="round"/><path d="M5 4.800h.1M5 11.200h.1"/>""",
        ["schedules"] = """<rect x="2.2" y="3.2" width="11.6" height="10.6" rx="1.5"/><path d="M2.2 6.500h11.600M5.2 1.800v2.400M10.8 1.800v2.4"/>""",
    };

    private static readonly Dictionary<string, HtmlString> Made = Shapes.ToDictionary(s => s.Key, s => new HtmlString(
        $"""<svg class="icon-{s.Key}" viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" """
        + $"""aria-hidden="true" focusable="false">{s.Value}</svg>"""));

    public static IHtmlContent Of(string name) => Made[name];

    /// <summary>A mark's shape and word.</summary>
    public static IHtmlContent Of(Mark mark) =>
        new HtmlContentBuilder().AppendHtml($"""<span class="mark {mark.Tone}">""").AppendHtml(Of(mark.Icon)).AppendHtml("<span>").Append(mark.Word).AppendHtml(
            "</span></span>");
}
