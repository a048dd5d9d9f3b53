using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Jobs.Configuration;

/// <summary>Turns the settings tree into the options of all stages, or into one message with every fault.</summary>
internal static class Settings
{
    /// <summary>Sections whose values are checked where a command uses nothing of ingest: a log need not be configured to read lists.</summary>
    public static readonly IReadOnlyList<string> AllButIngest = [.. new PipelineOptions().Sections().Keys.Where(k => k != nameof(PipelineOptions.Ingest))];

    /// <param name="check">Sections whose values are checked; null is all. Keys and types are checked in all of them.</param>
    /// <param name="more">Sections that the configuration may have besides those of a night; the property's name is the section's.</param>
    /// <returns>
    /// Every fault under its key's path; empty where <paramref name="night"/> can be used. A retired key is not a fault:
    /// <see cref="Warnings"/> tells of it.
    /// </returns>
    public static IReadOnlyList<string> Faults(SettingsNode root, PipelineOptions night, IReadOnlyList<string>? check = null, params IReadOnlyList<object> more)
    {
        var binder = new StrictBinder(RetiredKeys.OfThisVersion, RenamedKeys.OfThisVersion);
        binder.Bind(root, [night, .. more.Select(m => m is UnusedSections unused ? unused.Sections : m)]);
        var faults = binder.Faults.Select(f => f.Message).ToList();
        foreach (var (name, section) in night.Sections().Where(s => check?.Contains(s.Key) ?? true).Concat(more.SelectMany(Sections)))
        {
            // What could not be bound has its default; a second fault for the same section would speak of a value nobody wrote.
            if (binder.Faults.Any(f => f.Path.Split(SettingsNode.Separator)[0].Equals(name, StringComparison.OrdinalIgnoreCase))) continue;
            var found = new OptionsCheck(name);
            section.Validate(found);
            faults.AddRange(found.Faults);
        }
        return faults;
    }

    /// <summary>What to tell of keys that an earlier version had: those that are ignored, and those that have another name now.</summary>
    public static IReadOnlyList<string> Warnings(SettingsNode root) =>
        [.. RetiredKeys.OfThisVersion.Warnings(root), .. RenamedKeys.OfThisVersion.Warnings(root)];

    /// <exception cref="ConfigurationException">Every fault of every section, a line each.</exception>
    public static PipelineOptions Night(SettingsNode root, IReadOnlyList<string>? check = null, params IReadOnlyList<object> more)
    {
        var night = new PipelineOptions();
        var faults = Faults(root, night, check, more);
        return faults.Count == 0 ? night : throw new ConfigurationException(string.Join(Environment.NewLine, faults));
    }

    private static IEnumerable<KeyValuePair<string, IStageOptions>> Sections(object options) =>
        options.GetType().GetProperties()
            .Where(p => typeof(IStageOptions).IsAssignableFrom(p.PropertyType))
            .Select(p => KeyValuePair.Create(p.Name, (IStageOptions)p.GetValue(options)!));
}
