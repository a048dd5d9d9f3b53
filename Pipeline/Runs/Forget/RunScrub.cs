using System.Globalization;
using Recsys.Batch.Pipeline.Feedback;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Pipeline.Runs.Forget;

/// <summary>
/// Deletes from the folders of runs whatever speaks of users: histories, factors, lists, hold-outs, by whatever index or name. What stays is known to name
/// nobody: reports, rows thrown out (file, row and reason), and what embed made of items. Anything else goes, so a new artifact is gone until somebody says
/// that it may stay.
/// </summary>
internal static class RunScrub
{
    /// <param name="except">The run that does it.</param>
    /// <param name="users">How many users are forgotten, for the manifests.</param>
    /// <returns>Files deleted.</returns>
    public static int Scrub(RunFolders folders, string except, int users)
    {
        int deleted = 0;
        foreach (string run in folders.Ids().Where(id => id != except))
        {
            foreach (string folder in Directory.EnumerateDirectories(folders.Of(run)))
            {
                string stage = Path.GetFileName(folder);
                string[] gone = [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(file => !NamesNobody(stage, file))];
                if (gone.Length == 0) continue;
                // First, so that nothing takes what is left for the whole.
                if (StageManifest.Load(folder) is { } manifest) Left(manifest, folder, gone, users).Save(folder);
                foreach (string file in gone) File.Delete(file);
                deleted += gone.Length;
            }
        }
        return deleted;
    }

    private static bool NamesNobody(string stage, string file) => stage == StageNames.Embed
        || Path.GetFileName(file) is IngestArtifacts.Quarantine or FeedbackReport.RejectedFile
        || Path.GetExtension(file) == ".json";

    /// <summary>Without the files, and equal to no work that is ever asked for: nothing is made of half of it.</summary>
    private static StageManifest Left(StageManifest manifest, string folder, string[] gone, int users)
    {
        var names = gone.Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/')).ToHashSet(StringComparer.Ordinal);
        return manifest with
        {
            Hash = StageManifest.ForgottenFact,
            Outputs = [.. manifest.Outputs.Where(o => !names.Contains(o.Path))],
            Facts = new(manifest.Facts, StringComparer.Ordinal) { [StageManifest.ForgottenFact] = users.ToString(CultureInfo.InvariantCulture) },
        };
    }
}
