using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Publish;

/// <summary>What becomes one version.</summary>
/// <param name="Lists">Blocks of lists; users in ordinal order of their ids across all of them make the tables' inserts append.</param>
/// <param name="Titles">What lists say of their items to people.</param>
/// <param name="Neighbors">
/// Rows of <c>item_neighbors</c> in portions, items in ordinal order of their ids; the version's name must tell versions with other neighbors apart.
/// </param>
internal sealed record PublishInput(
    VersionRecord Version, IEnumerable<RecommendationBlock> Lists, long Users, IdMap UserIds, IdMap ItemIds, IReadOnlyList<SegmentEntry> Defaults,
    IEnumerable<ItemTitle> Titles,
    IEnumerable<IReadOnlyList<NeighborEntry>>? Neighbors = null)
{
    /// <summary>How users drew their lists; null where lists are not drawn. The version's name must tell versions with other policies apart.</summary>
    public PolicyAssignment? Assignment { get; init; }

    /// <summary>Whether a list says which features of a ranker carried an entry.</summary>
    public bool HasFeatures { get; init; }

    /// <summary>Rows of places; the version's name must tell versions with other rows apart.</summary>
    public IReadOnlyList<PlacePortions> Places { get; init; } = [];
}

/// <summary>
/// Writes one version out of sight, as Parquet and as rows, in one pass over the lists, and then makes it current: the folder is renamed in, one
/// transaction switches the tables, one rename switches the <c>current</c> file. Killed at any moment, readers have the version before or this one, whole.
/// </summary>
internal sealed class PublishStage(OutputFolder output, IParquetWriter parquet, PublishOptions options)
{
    /// <returns>
    /// The version as published, now current; an equal one that an operator rolled back stays out, and only what is said of items arrives.
    /// </returns>
    public VersionRecord Run(PublishInput input, StageContext context)
    {
        string version = input.Version.Version;
        var equal = output.Store.Find(version) is { IsComplete: true } found ? found : null;
        if (equal is not null && output.Damage(equal).Count == 0)
        {
            // Titles and prices are of today, whatever the lists are of.
            output.Store.SaveTitles(input.Titles);
            if (equal.RolledBack) return equal;
            context.Progress.Note($"version {version} had been published before; its lists are equal");
            output.SwitchTo(version);
            return equal with { State = VersionState.Current };
        }

        // Where only the files of an equal version are damaged, its rows are whole and stay.
        var published = Write(input, writeRows: equal is null, context) with { RolledBack = equal is { RolledBack: true } };
        if (published.RolledBack) return published;
        output.SwitchTo(version);
        foreach (string gone in output.Prune(options.KeepVersions, options.FeedbackTime, context.Time.GetUtcNow()))
            context.Progress.Note($"version {gone} was deleted: {options.KeepVersions} are kept");
        return published with { State = VersionState.Current };
    }

    private VersionRecord Write(PublishInput input, bool writeRows, StageContext context)
    {
        string version = input.Version.Version;
        string staging = output.StagingFolder(version);
        using var rows = writeRows ? output.Store.Stage(input.Version) : null;
        VersionManifest manifest;
        using (var files = new ParquetVersion(staging, parquet, options.RowsPerFile, input.Assignment, input.HasFeatures))
        {
            long users = 0;
            foreach (var block in input.Lists)
            {
                context.Cancellation.ThrowIfCancellationRequested();
                rows?.Append(block, input.UserIds, input.ItemIds);
                files.Append(block, input.UserIds, input.ItemIds);
                users += block.Users.Length;
                context.Progress.Step("publish", users, input.Users, "users");
            }
            rows?.Append(input.Defaults);
            files.Append(input.Defaults);
            foreach (var portion in input.Neighbors ?? [])
            {
                context.Cancellation.ThrowIfCancellationRequested();
                rows?.Append(portion);
                files.Append(portion);
            }
            foreach (var place in input.Places)
            {
                foreach (var batch in place.Portions)
                {
                    context.Cancellation.ThrowIfCancellationRequested();
                    var columns = PlacePortions.Of(place.Table, batch);
                    rows?.Append(place.Table, columns, batch.RowCount);
                    files.Append(place.Table, columns, batch.RowCount);
                }
            }
            manifest = new VersionManifest(1, input.Version.WindowFrom, input.Version.WindowTo, files.Complete()) { Policy = files.Policy() };
        }
        manifest.Save(staging);
        output.Store.SaveTitles(input.Titles);
        context.Cancellation.ThrowIfCancellationRequested();
        output.MoveIn(staging, version);
        var published = input.Version with { Rows = manifest.Tables["user_recommendations"].Rows, Users = input.Users, ManifestSha256 = manifest.Sha256() };
        rows?.Complete(published);
        return published;
    }
}
