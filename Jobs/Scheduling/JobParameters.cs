using Recsys.Batch.Jobs.Configuration;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Jobs.Scheduling;

/// <summary>Parameters of a job: those with a colon are settings, the others are the job's own.</summary>
internal static class JobParameters
{
    /// <summary>Stands among the parameters that a job knows for every setting.</summary>
    public const string AnySetting = "Section:Key";

    /// <summary>The parameters that are settings, <c>Section:Key</c> to value.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Settings(IReadOnlyDictionary<string, string> parameters) =>
        parameters.Where(p => IsSetting(p.Key)).OrderBy(p => p.Key, StringComparer.Ordinal);

    /// <summary>Looks that parameters are among <paramref name="known"/>.</summary>
    /// <exception cref="ConfigurationException">One is not.</exception>
    public static void Require(IReadOnlyDictionary<string, string> parameters, params IReadOnlyList<string> known)
    {
        foreach (string name in parameters.Keys)
            if (!known.Contains(IsSetting(name) ? AnySetting : name, StringComparer.Ordinal))
                throw new ConfigurationException($"'{name}' is not a parameter of this job; expected {string.Join(", ", known)}");
    }

    private static bool IsSetting(string name) => name.Contains(SettingsNode.Separator, StringComparison.Ordinal);
}
