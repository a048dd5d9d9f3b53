using System.Text.Json.Nodes;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>The sections that decide a stage's outputs, as one object for its hash.</summary>
internal static class OptionSections
{
    public static JsonObject Of(params IEnumerable<(string Name, object Options)> sections) =>
        new(sections.Select(s => KeyValuePair.Create(s.Name, CanonicalJson.ToNode(s.Options))));
}
