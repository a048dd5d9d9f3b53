using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Jobs.Configuration;

/// <summary>
/// Whether a folder can be written, or made where it is not there yet: tried, since rights, read-only mounts and quotas have no common question.
/// </summary>
internal static class FolderRights
{
    /// <summary>What is wrong and who can mend it; null where the folder can be written.</summary>
    public static string? Fault(string folder)
    {
        string user = Environment.UserName;
        string at = Path.GetFullPath(folder);
        while (!Directory.Exists(at))
        {
            if (File.Exists(at))
            {
                return at == Path.GetFullPath(folder)
                    ? $"'{at}' is a file; expected a folder, or a name that is free"
                    : $"'{folder}' cannot be made: '{at}' is a file, not a folder";
            }
            if (Path.GetDirectoryName(at) is not { } above) return $"'{folder}' cannot be made: no folder above it is there";
            at = above;
        }
        string probe = Path.Combine(at, $".recsys-probe-{Environment.ProcessId}");
        try
        {
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            string what = at == Path.GetFullPath(folder) ? $"'{at}' cannot be written" : $"'{folder}' cannot be made: '{at}' cannot be written";
            return $"{what} by user '{user}' ({e.Message.TrimEnd('.')}); grant that user write and enter (rwx) on it, or name another folder";
        }
    }

    /// <exception cref="ConfigurationException">The folder cannot be written.</exception>
    public static void Require(string folder, string key)
    {
        if (Fault(folder) is { } fault) throw new ConfigurationException($"{key} is '{folder}': {fault}");
    }
}
