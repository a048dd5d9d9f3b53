using Recsys.Batch.Jobs.Access;
using Recsys.Batch.Jobs.Configuration;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Storage;

namespace Recsys.Batch.Jobs.Host;

/// <summary>What a host has to be able to write, tried before anything is opened: most often another user's host or night made it.</summary>
internal static class HostRights
{
    /// <exception cref="ConfigurationException">A folder or file cannot be used; the message says whose it is.</exception>
    public static void Require(string output, string dataFolder, ServeOptions options, OutputEngine store)
    {
        if (store == OutputEngine.Sqlite) FolderRights.RequireFile(output, "recsys.db", "Publish:Path", FileAccess.ReadWrite);
        FolderRights.Require(Path.Combine(dataFolder, "session-keys"), "Serve:DataFolder");
        // A key may be mounted so that nobody can change it.
        if (options.PseudonymKey is null) FolderRights.RequireFile(dataFolder, "pseudonym.key", "Serve:DataFolder", FileAccess.Read);
    }
}
