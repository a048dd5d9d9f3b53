using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Jobs.Configuration;

/// <summary>Turns the settings tree into the options of all stages, or into one message with every fault.</summary>
public static class Settings
{
    /// <param name="more">Sections that a command has besides those of a night; the property's name is the section's.</param>
    /// <returns>Every fault under its key's path; empty where <paramref name="night"/> can be used.</returns>
    public static IReadOnlyList<string> Faults(SettingsNode root, NightOptions night, params IReadOnlyList<object> more)
    {
        var binder = new StrictBinder();
        binder.Bind(root, [night, .. more]);
        var faults = binder.Faults.Select(f => f.Message).ToList();
        foreach (var (name, section) in night.Sections().Concat(more.SelectMany(Sections)))
        {
            // What could not be bound has its default; a second fault for the same section would speak of a value nobody wrote.
            if (binder.Faults.Any(f => f.Path.Split(SettingsNode.Separator)[0].Equals(name, StringComparison.OrdinalIgnoreCase))) continue;
            var check = new OptionsCheck(name);
            section.Validate(check);
            faults.AddRange(check.Faults);
        }
        return faults;
    }

    /// <exception cref="ConfigurationException">Every fault of every section, a line each.</exception>
    public static NightOptions Night(SettingsNode root, params IReadOnlyList<object> more)
    {
        var night = new NightOptions();
        var faults = Faults(root, night, more);
        return faults.Count == 0 ? night : throw new ConfigurationException(string.Join(Environment.NewLine, faults));
    }

    private static IEnumerable<KeyValuePair<string, IStageOptions>> Sections(object options) =>
        options.GetType().GetProperties()
            .Where(p => typeof(IStageOptions).IsAssignableFrom(p.PropertyType))
            .Select(p => KeyValuePair.Create(p.Name, (IStageOptions)p.GetValue(options)!));
}
