namespace Recsys.Batch.Pipeline.Publish;

/// <summary>Versions newer than the current one that an operator went back from. They stay out until somebody makes one of them current by name.</summary>
internal static class RolledBackVersions
{
    /// <summary>Their names, newest first.</summary>
    public static IReadOnlyList<string> Of(IOutputStore store) =>
        [.. store.Versions().TakeWhile(v => v.State != VersionState.Current).Where(v => v is { IsComplete: true, RolledBack: true }).Select(v => v.Version)];

    /// <summary><c>version a was</c>, <c>versions b, a were</c>.</summary>
    public static string Named(IReadOnlyList<string> versions) =>
        $"version{(versions.Count == 1 ? "" : "s")} {string.Join(", ", versions)} {(versions.Count == 1 ? "was" : "were")}";
}
