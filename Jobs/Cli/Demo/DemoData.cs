using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Jobs.Cli.Demo;

/// <summary>Finds the data that the repository ships: beside the program where it was published, else in a folder above the program or the caller.</summary>
internal static class DemoData
{
    private static readonly string Night = Path.Combine("data", "online-retail", "night.json");

    /// <summary>The configuration of the demo's night.</summary>
    /// <exception cref="ConfigurationException">It is nowhere.</exception>
    public static string Find(string callersFolder)
    {
        foreach (string start in (string[])[AppContext.BaseDirectory, callersFolder])
            for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
                if (File.Exists(Path.Combine(folder.FullName, Night))) return Path.Combine(folder.FullName, Night);
        throw new ConfigurationException(
            $"{Night} is neither beside the program nor in a folder above {callersFolder}; run demo inside a clone of the repository");
    }
}
