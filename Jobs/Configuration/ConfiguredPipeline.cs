using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Jobs.Configuration;

/// <summary>
/// The night as this host was configured when it started. Options are mutable and a run settles some of them (<c>AsOf: today</c>), so each caller gets its own.
/// </summary>
/// <param name="root">The settings tree; never changed from here on.</param>
/// <param name="output">The output folder as a full path.</param>
/// <param name="hostSections">Makes the sections that belong to the host and are not for a job to change.</param>
internal sealed class ConfiguredPipeline(SettingsNode root, string output, Func<object> hostSections)
{
    /// <summary>Whether logs are configured: without them nothing can be run, only shown.</summary>
    public bool HasLogs { get; } = root.Find(nameof(PipelineOptions.Ingest)) is not null;

    /// <summary>The options as configured.</summary>
    public PipelineOptions Options() => With([]);

    /// <summary>The options with <paramref name="assignments"/>, <c>Section:Key</c> to value as <c>--set</c> has them, on top.</summary>
    /// <exception cref="ConfigurationException">A key or value cannot be used, or is not for a job to change.</exception>
    public PipelineOptions With(IEnumerable<KeyValuePair<string, string>> assignments)
    {
        var pairs = assignments.ToList();
        foreach (var (key, _) in pairs) RequireChangeable(key);
        var layers = new SettingsLayers(root.Copy()).AddAssignments(pairs.Select(p => $"{p.Key}={p.Value}"));
        var night = Settings.Night(layers.Root, HasLogs ? null : Settings.AllButIngest, hostSections());
        night.Publish.Path = output;
        return night;
    }

    // A job works for the host's own store: another place or another database is another host's business, and who may sign in, and what
    // is kept of people who asked to be gone, is nobody's but the configuration's.
    private void RequireChangeable(string key)
    {
        string section = key.Split(SettingsNode.Separator)[0].Trim();
        var own = hostSections().GetType().GetProperties().Select(p => p.Name).Append(nameof(PipelineOptions.Publish)).Append(nameof(PipelineOptions.Privacy));
        if (own.Contains(section, StringComparer.OrdinalIgnoreCase))
        {
            throw new ConfigurationException(
                $"{key} belongs to the host and cannot be changed by a job; "
                + $"expected a key of {string.Join(", ", new PipelineOptions().Sections().Keys.Where(k => !own.Contains(k)))}");
        }
    }
}
