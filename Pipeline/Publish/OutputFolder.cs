using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Publish.Postgres;
using Recsys.Batch.Pipeline.Publish.Sqlite;
using Recsys.Batch.Pipeline.Storage;

namespace Recsys.Batch.Pipeline.Publish;

/// <param name="Rows">Rows of lists that went.</param>
/// <param name="Users">Whose lists they were.</param>
/// <param name="IsDeleted">The version was damaged and went as a whole.</param>
internal sealed record ForgottenLists(long Rows, IReadOnlyList<string> Users, bool IsDeleted);

/// <summary>
/// An output folder as a whole: its tables, the Parquet files of each version, and the <c>current</c> file that names one. The tables'
/// <c>versions</c> row decides; the file follows it and is repaired from it.
/// </summary>
internal sealed class OutputFolder : IDisposable
{
    internal const string StagingPrefix = ".staging-";

    private const string ReplacedPrefix = ".replaced-";

    private readonly StoreLock? _lock;

    private OutputFolder(string path, IOutputDatabase database, StoreLock? held, FencingToken? fence)
    {
        (Path, Database, _lock) = (path, database, held);
        Store = database is PostgresDatabase postgres ? new PostgresOutputStore(postgres, fence) : new SqliteOutputStore((SqliteDatabase)database, fence);
    }

    public string Path { get; }

    /// <summary>Where the tables are, for the ledgers that share it.</summary>
    public IOutputDatabase Database { get; }

    public IOutputStore Store { get; }

    private string VersionsFolder => System.IO.Path.Combine(Path, "versions");

    private string CurrentFile => System.IO.Path.Combine(Path, "current");

    /// <summary>Opens a folder that something was published to.</summary>
    /// <exception cref="ConfigurationException">There are no tables.</exception>
    public static OutputFolder OpenForReading(PublishOptions options) => Open(options, null, null, database =>
    {
        if (!database.HasTables())
        {
            throw new ConfigurationException(
                $"{database.Description} holds no published lists; run 'run nightly' or 'demo' first, "
                + $"or name another place with Publish:{(options.Store == OutputEngine.Sqlite ? nameof(options.Path) : nameof(options.Connection))}");
        }
    });

    /// <summary>
    /// Opens a folder whether or not anything was published to it, making empty tables where there are none. It takes no lock and writes no lists.
    /// </summary>
    public static OutputFolder OpenForServing(PublishOptions options) => Open(options, null, null, _ => Directory.CreateDirectory(options.Path));

    /// <summary>
    /// Opens the folder for one writer, making it where there is none, and clears away what a killed one left. With SQLite a file lock keeps other writers
    /// away. With PostgreSQL the folder may be shared by hosts whose locks do not see each other, and the lease alone decides.
    /// </summary>
    /// <param name="fence">The writer's lease, where writers of several hosts or executions take turns by one.</param>
    /// <exception cref="RunFailedException">Another writer is at work.</exception>
    public static OutputFolder OpenForWriting(PublishOptions options, TimeProvider time, FencingToken? fence = null)
    {
        Directory.CreateDirectory(options.Path);
        var held = options.Store == OutputEngine.Sqlite ? StoreLock.Acquire(options.Path, time) : null;
        try
        {
            var folder = Open(options, held, fence, _ => { });
            try
            {
                folder.Recover();
                return folder;
            }
            catch
            {
                folder.Database.Dispose();
                throw;
            }
        }
        catch
        {
            held?.Dispose();
            throw;
        }
    }

    /// <summary>The database that the options name, not yet looked at.</summary>
    /// <exception cref="ConfigurationException">The connection cannot be used.</exception>
    public static IOutputDatabase DatabaseOf(PublishOptions options) => options.Store == OutputEngine.PostgreSql
        ? new PostgresDatabase(PostgresConnection.Resolve(options.Connection), options.Schema)
        : new SqliteDatabase(System.IO.Path.Combine(options.Path, "recsys.db"));

    public string FolderOf(string version) => System.IO.Path.Combine(VersionsFolder, version);

    /// <summary>What is missing or changed in the Parquet files of a version, in words; empty where it is whole.</summary>
    public IReadOnlyList<string> Damage(VersionRecord version)
    {
        string folder = FolderOf(version.Version);
        if (!Directory.Exists(folder)) return [$"{folder} is missing"];
        var manifest = VersionManifest.Load(folder);
        return manifest.Sha256() == version.ManifestSha256 ? manifest.Damage(folder) : [$"{VersionManifest.FileName} is not the one that was published"];
    }

    /// <summary>
    /// The policy by which users drew how their lists of a version are made; null where lists are not drawn. What stands on an earlier version's lists takes it
    /// over from here.
    /// </summary>
    /// <exception cref="ArtifactException">The version's files are missing or corrupt.</exception>
    public DiversityPolicy? PolicyOf(string version)
    {
        string folder = FolderOf(version);
        return VersionManifest.Load(folder).Policy is { } file ? DiversityPolicy.Read(System.IO.Path.Combine(folder, file.File)) : null;
    }

    /// <summary>Makes an earlier complete version current: the named one, else the newest that is older than the current one.</summary>
    /// <exception cref="ConfigurationException">There is no such version.</exception>
    /// <exception cref="ArtifactException">Its files are not whole.</exception>
    public VersionRecord Rollback(string? version = null)
    {
        var all = Store.Versions();
        var target = version is null
            ? all.SkipWhile(v => v.State != VersionState.Current).FirstOrDefault(v => v.State == VersionState.Retired)
                ?? throw new ConfigurationException("there is no complete version older than the current one to roll back to; see 'versions list'")
            : all.FirstOrDefault(v => v.Version == version && v.IsComplete)
                ?? throw new ConfigurationException(
                    $"there is no complete version '{version}'; complete ones: {string.Join(", ", all.Where(v => v.IsComplete).Select(v => v.Version))}");
        if (Damage(target) is [var damage, ..])
            throw new ArtifactException(FolderOf(target.Version), $"version '{target.Version}' is corrupt: {damage}; roll back to another one");
        SwitchTo(target.Version, isRollback: true);
        return target with { State = VersionState.Current, RolledBack = false };
    }

    /// <summary>Deletes what <see cref="VersionRetention"/> lets go.</summary>
    /// <param name="keep">Nights that stay, 1 or more.</param>
    /// <param name="forFeedback">How long a version whose lists were drawn, or that has a control group, stays after another took its place.</param>
    /// <returns>The versions that went.</returns>
    public IReadOnlyList<string> Prune(int keep, TimeSpan forFeedback, DateTimeOffset now)
    {
        string[] gone = [.. VersionRetention.Over(Store.Versions(), keep, (version, ended) => ended > now - forFeedback && IsDrawn(version))
            .Select(v => v.Version)];
        foreach (string version in gone)
        {
            Store.Delete(version);
            DeleteFolder(FolderOf(version));
        }
        if (gone.Length > 0) Store.Shrink();
        return gone;
    }

    /// <summary>
    /// Takes users out of a complete version: first out of its files, then out of its rows. Killed between the two, the same call finishes it.
    /// </summary>
    /// <returns>What went; null where the version names none of them. A damaged version, of which nobody knows what it says, goes as a whole.</returns>
    /// <exception cref="ArtifactException">The damaged version is the current one.</exception>
    public ForgottenLists? Forget(
        VersionRecord version, Func<ReadOnlySpan<byte>, bool> isForgotten, IParquetReader reader, IParquetWriter writer, CancellationToken cancellation)
    {
        string folder = FolderOf(version.Version);
        var manifest = Whole(folder);
        // Where the files have lost more users than the rows, a kill came between the two.
        if (manifest is null || manifest.Sha256() != version.ManifestSha256 && manifest.Forgotten <= version.Forgotten)
        {
            if (version.State == VersionState.Current)
            {
                throw new ArtifactException(
                    folder, $"version '{version.Version}', the current one, is corrupt, so users cannot be taken out of its files; "
                    + "run nightly, which publishes it again, or roll back to another one, and ask again");
            }
            Store.Delete(version.Version);
            DeleteFolder(folder);
            return new ForgottenLists(version.Rows, [], IsDeleted: true);
        }
        string staging = StagingFolder(version.Version);
        var without = new VersionScrub(reader, writer, isForgotten).Write(folder, staging, cancellation);
        if (without is null) DeleteFolder(staging);
        else Replace(folder, staging);
        string[] users = [.. Store.UserIds(version.Version).Where(IsForgotten)];
        // Whoever has only what is younger than a delta's model has no list, and may have rows of places.
        string[] ofPlaces = [.. PlaceTables.All.Where(t => t.NamesUsers).SelectMany(t => Store.UserIds(t, version.Version)).Where(IsForgotten)];
        manifest = without ?? manifest;
        if (users.Length == 0 && ofPlaces.Length == 0 && manifest.Sha256() == version.ManifestSha256) return null;
        string[] all = [.. users.Union(ofPlaces, StringComparer.Ordinal)];
        long rows = Store.Forget(
            version with
            {
                Rows = manifest.Tables["user_recommendations"].Rows,
                Users = version.Users - users.Length,
                ManifestSha256 = manifest.Sha256(),
                Forgotten = manifest.Forgotten,
            },
            all);
        return new ForgottenLists(rows, all, IsDeleted: false);

        bool IsForgotten(string id) => isForgotten(System.Text.Encoding.UTF8.GetBytes(id));
    }

    public void Dispose()
    {
        Database.Dispose();
        _lock?.Dispose();
    }

    internal string StagingFolder(string version)
    {
        string folder = FolderOf(StagingPrefix + version);
        DeleteFolder(folder);
        Directory.CreateDirectory(folder);
        return folder;
    }

    /// <summary>Puts a staged folder in its place; until the tables know the version, recovery removes it again.</summary>
    internal void MoveIn(string staging, string version)
    {
        DeleteFolder(FolderOf(version));
        Directory.Move(staging, FolderOf(version));
    }

    internal void SwitchTo(string version, bool isRollback = false)
    {
        Store.Switch(version, isRollback);
        // The file says what the tables say now: a writer that was paused between these lines may have been overtaken.
        AtomicFile.WriteText(CurrentFile, Store.Current + "\n");
    }

    // Asked after the switch, when a night is done: a damaged version of old must not fail it.
    private bool IsDrawn(VersionRecord version)
    {
        if (version.Metrics.ContainsKey(VersionRecord.ControlShare)) return true;
        try
        {
            return VersionManifest.Load(FolderOf(version.Version)).Policy is not null;
        }
        catch (ArtifactException)
        {
            return false;
        }
    }

    /// <summary>The manifest of a folder all of whose files are there as it says; null where they are not.</summary>
    private static VersionManifest? Whole(string folder)
    {
        try
        {
            return VersionManifest.Load(folder) is var manifest && manifest.Damage(folder).Count == 0 ? manifest : null;
        }
        catch (ArtifactException)
        {
            // Without a manifest nobody can say what the others should be.
            return null;
        }
    }

    private void Replace(string folder, string by)
    {
        string before = FolderOf(ReplacedPrefix + System.IO.Path.GetFileName(folder));
        DeleteFolder(before);
        Directory.Move(folder, before);
        Directory.Move(by, folder);
        DeleteFolder(before);
    }

    private void Recover()
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var version in Store.Versions())
        {
            if (version.State == VersionState.Staged) Store.Delete(version.Version);
            else known.Add(version.Version);
            // Killed between the two renames of a folder that takes another's place.
            string before = FolderOf(ReplacedPrefix + version.Version);
            if (version.IsComplete && !Directory.Exists(FolderOf(version.Version)) && Directory.Exists(before))
                Directory.Move(before, FolderOf(version.Version));
        }
        if (Directory.Exists(VersionsFolder))
            foreach (string folder in Directory.EnumerateDirectories(VersionsFolder).ToArray())
                if (!known.Contains(System.IO.Path.GetFileName(folder))) DeleteFolder(folder);
        string? current = Store.Current;
        string? named = File.Exists(CurrentFile) ? File.ReadAllText(CurrentFile).Trim() : null;
        if (current == named) return;
        if (current is null) File.Delete(CurrentFile);
        else AtomicFile.WriteText(CurrentFile, current + "\n");
    }

    private static OutputFolder Open(PublishOptions options, StoreLock? held, FencingToken? fence, Action<IOutputDatabase> prepare)
    {
        var database = DatabaseOf(options);
        try
        {
            prepare(database);
            return new OutputFolder(options.Path, database, held, fence);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    private static void DeleteFolder(string folder)
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }
}
