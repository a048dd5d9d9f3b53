namespace Recsys.Batch.Jobs.Configuration;

/// <summary>A key that an earlier version had and this one does without.</summary>
/// <param name="Key">Its path, <c>Section:Key</c>. The path of a section stands for every key below it.</param>
/// <param name="Why">What does the work now, in a sentence.</param>
internal sealed record RetiredKey(string Key, string Why);

/// <summary>
/// Keys that are accepted for one version after they went, so that a configuration of the version before still opens: whatever stands there is
/// ignored, and a warning says so. A line here is the whole of a key's retirement; the next version deletes the line, and the key is an unknown
/// one like any other.
/// </summary>
internal sealed class RetiredKeys(params IReadOnlyList<RetiredKey> keys)
{
    /// <summary>The keys that went with this version.</summary>
    public static RetiredKeys OfThisVersion { get; } = new(
        new RetiredKey("Scheduler:Engine", "Hangfire is the only scheduler engine"),
        new RetiredKey("Scheduler:LeaseTerm", "Hangfire delivers a dead host's jobs to another one after Scheduler:InvisibilityTimeout"),
        new RetiredKey("Scheduler:Grace", "a time that is later than twice Scheduler:PollInterval was missed"));

    /// <summary>The keys, in the order in which they were given.</summary>
    public IReadOnlyList<RetiredKey> Keys => keys;

    /// <summary>Whether <paramref name="path"/> is a retired key, or lies in a retired section.</summary>
    public bool Holds(string path) =>
        keys.Any(k => (path + SettingsNode.Separator).StartsWith(k.Key + SettingsNode.Separator, StringComparison.OrdinalIgnoreCase));

    /// <summary>A warning for each retired key that the settings hold. It names the key and its source, and shows no value.</summary>
    public IReadOnlyList<string> Warnings(SettingsNode root) =>
    [
        .. from key in keys
           let node = key.Key.Split(SettingsNode.Separator).Aggregate((SettingsNode?)root, (at, name) => at?.Find(name))
           where node is not null
           select $"{node.Path} (from {node.Source}) is ignored: {key.Why}. Remove the key; the next version refuses it",
    ];
}
