using System.Globalization;
using Recsys.Batch.Pipeline.Constrain;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Embed;
using Recsys.Batch.Pipeline.Embed.Tuning;
using Recsys.Batch.Pipeline.Experiment;
using Recsys.Batch.Pipeline.Feedback;
using Recsys.Batch.Pipeline.Feedback.Learning;
using Recsys.Batch.Pipeline.Forecast;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Places;
using Recsys.Batch.Pipeline.Places.Reviews;
using Recsys.Batch.Pipeline.Privacy;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Recsys.Batch.Pipeline.Runs.Nightly.Auto;
using Recsys.Batch.Pipeline.Runs.Nightly.Balance;
using Recsys.Batch.Pipeline.Runs.Nightly.Rank;

namespace Recsys.Batch.Pipeline.Runs.Forget;

/// <summary>
/// Deletes from the folders of earlier runs whatever speaks of users: histories, factors, lists, hold-outs, by whatever index or name. What stays is known to
/// name nobody: reports by name, rows thrown out (file, row and reason), and what embed made of items. Anything else goes, so a new artifact is gone until
/// somebody says that it may stay.
/// </summary>
internal sealed class RunScrub(RunFolders folders, SuppressionList suppressed, StageWork work)
{
    private static readonly HashSet<string> s_namesNobody = new(StringComparer.Ordinal)
    {
        StageManifest.FileName, RunRecord.FileName, IngestArtifacts.Quality, IngestArtifacts.Quarantine, TuneStep.Report, TuneStep.Best, AutoChoice.FileName,
        ServingModel.FileName, RankReport.FileName, RankReport.ModelFile, BalanceReport.FileName, EvaluationFile.Name, FeedbackReport.FileName,
        FeedbackReport.RejectedFile, EvidenceHistory.FileName, DiversityPolicy.FileName, ForgetReport.FileName, ForgetStateStep.Counts,
        PlacesReport.FileName, RulesReport.FileName, NightRules.File, ExperimentReport.FileName, ForecastReport.FileName,
        ReviewsReport.FileName, EmbedArtifacts.Cache, TuningReport.FileName,
    };

    /// <summary>Whether a run before this one may still have somebody on the list among its users.</summary>
    public bool NamesSomebody() => Earlier().Select(run => folders.Of(run, StageNames.Ingest)).Any(ingest =>
        Directory.Exists(ingest) && (File.Exists(Path.Combine(ingest, IngestArtifacts.Users))
            ? Names(ingest)
            // One that was killed before it wrote who its users are.
            : StageManifest.Load(ingest) is not { IsDone: true } && Directory.EnumerateFiles(ingest).Any(f => !s_namesNobody.Contains(Path.GetFileName(f)))));

    /// <param name="onlyFeedback">Nobody was known to any run: only what feedback kept of its logs can name them.</param>
    /// <returns>Files deleted.</returns>
    public int Scrub(bool onlyFeedback)
    {
        int deleted = 0;
        foreach (string run in Earlier())
        {
            foreach (string folder in Directory.EnumerateDirectories(folders.Of(run)))
            {
                // A host that lost its lease meanwhile must not touch what another one makes.
                work.Context.Cancellation.ThrowIfCancellationRequested();
                string stage = Path.GetFileName(folder);
                // Vectors of texts are of nobody, unless purchases tuned them.
                bool isOfTexts = stage == StageNames.Embed && !File.Exists(Path.Combine(folder, EmbedArtifacts.Adapter))
                    // A scrub that was stopped may have got as far as the map.
                    && StageManifest.Load(folder) is not { Hash: StageManifest.ForgottenFact };
                if (isOfTexts || onlyFeedback && stage != StageNames.Feedback) continue;
                var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories);
                string[] gone = [.. files.Where(f => !s_namesNobody.Contains(Path.GetFileName(f)))];
                // First, so that nothing takes what is left for the whole; and also where a folder says only that another one's work stood in.
                if (StageManifest.Load(folder) is { } manifest) Left(manifest, folder, gone).Save(folder);
                foreach (string file in gone) File.Delete(file);
                deleted += gone.Length;
            }
        }
        return deleted;
    }

    private IEnumerable<string> Earlier() => folders.Ids().TakeWhile(id => id != work.RunId);

    private bool Names(string ingest)
    {
        var users = IngestArtifacts.ReadUsers(ingest);
        return Enumerable.Range(0, users.Count).Any(u => suppressed.Contains(users[u]));
    }

    /// <summary>Without the files, and equal to no work that is ever asked for: nothing is made of half of it.</summary>
    private StageManifest Left(StageManifest manifest, string folder, string[] gone)
    {
        var names = gone.Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/')).ToHashSet(StringComparer.Ordinal);
        return manifest with
        {
            Hash = StageManifest.ForgottenFact,
            Outputs = manifest.From is null ? [.. manifest.Outputs.Where(o => !names.Contains(o.Path))] : [],
            Facts = new(manifest.Facts, StringComparer.Ordinal)
            {
                [StageManifest.ForgottenFact] = suppressed.Count.ToString(CultureInfo.InvariantCulture),
            },
        };
    }
}
