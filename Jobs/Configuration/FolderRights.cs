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
            return Denied(what, at, e, "write and enter (rwx)");
        }
    }

    /// <summary>The same of a file; null where it can be used so, or is not there yet.</summary>
    public static string? FaultOfFile(string file, FileAccess access = FileAccess.ReadWrite)
    {
        string at = Path.GetFullPath(file);
        if (Directory.Exists(at)) return $"'{at}' is a folder; expected a file, or a name that is free";
        try
        {
            using var opened = File.Open(at, FileMode.Open, access, FileShare.ReadWrite | FileShare.Delete);
            return null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return access == FileAccess.Read
                ? Denied($"'{at}' cannot be read", at, e, "read (r)")
                : Denied($"'{at}' cannot be read and written", at, e, "read and write (rw)");
        }
    }

    /// <exception cref="ConfigurationException">The folder cannot be written.</exception>
    public static void Require(string folder, string key)
    {
        if (Fault(folder) is { } fault) throw new ConfigurationException($"{key} is '{folder}': {fault}");
    }

    /// <exception cref="ConfigurationException">The file of that folder is there and cannot be used so.</exception>
    public static void RequireFile(string folder, string file, string key, FileAccess access)
    {
        if (FaultOfFile(Path.Combine(folder, file), access) is { } fault) throw new ConfigurationException($"{key} is '{folder}': {fault}");
    }

    private static string Denied(string what, string at, Exception e, string rights)
    {
        string owned = FileOwner.Of(at) is { } owner ? $"; it belongs to {owner}" : "";
        return $"{what} by user '{Environment.UserName}' ({e.Message.TrimEnd('.')}){owned}. Start as its owner, grant that user {rights} on it, "
            + "or name another folder";
    }
}
