using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Pipeline.Ingest.Reading;

/// <summary>A log file that this night has to read.</summary>
/// <param name="Unreadable">Why it cannot be opened; null where it can.</param>
internal sealed record NewFile(int Source, string Key, string Path, long Bytes, string Sha256, ParquetFileException? Unreadable = null);

/// <summary>The files that this night has to read.</summary>
/// <param name="Rebuild">Whether the state has to be built again for them.</param>
/// <param name="PassedOver">What lies in the logs' folders and is not read, as a remark; null where there is nothing.</param>
/// <param name="Keeps">A file of the state that changed or is gone, and of which the first rows stay.</param>
internal sealed record FoundFiles(List<NewFile> Files, bool Rebuild, string? PassedOver, IReadOnlyList<string> Keeps);

/// <summary>Compares the files that are there with those the state has read.</summary>
internal static class SourceFiles
{
    /// <summary>The files to read, in ordinal order within their source.</summary>
    /// <exception cref="RunFailedException">A known file changed or vanished, and the policy is to refuse.</exception>
    public static FoundFiles Find(IParquetReader reader, IngestOptions options, IReadOnlyList<KnownFile> known)
    {
        var byKey = known.ToDictionary(f => f.File, StringComparer.Ordinal);
        var all = new List<NewFile>();
        var fresh = new List<NewFile>();
        var keeps = new List<string>();
        var foreign = new List<string>();
        int hidden = 0;
        bool rebuild = false;
        for (int s = 0; s < options.Events.Count; s++)
        {
            var source = options.Events[s];
            var listing = reader.List(source.Path);
            hidden += listing.Hidden;
            foreign.AddRange(listing.Foreign);
            foreach (string path in listing.Files)
            {
                string key = Key(source, path);
                bool isKnown = byKey.Remove(key, out var before);
                var file = Of(s, key, path, isKnown && !options.VerifyKnownFiles ? before : null);
                all.Add(file);
                if (!isKnown) fresh.Add(file);
                else if (file.Unreadable is not null) throw file.Unreadable;
                else if (before!.Bytes != file.Bytes || before.Sha256 != file.Sha256)
                {
                    rebuild |= Rebuilds(
                        options.ChangedFiles, "ChangedFiles",
                        $"{path}: it has {file.Bytes} bytes with SHA-256 {file.Sha256[..12]}...; "
                        + $"when it was read it had {before.Bytes} with {before.Sha256[..12]}...",
                        key, keeps);
                }
            }
        }
        // A file under another name is not gone.
        var present = all.Select(f => f.Sha256).ToHashSet(StringComparer.Ordinal);
        foreach (var gone in byKey.Values.Where(f => !present.Contains(f.Sha256)).OrderBy(f => f.File, StringComparer.Ordinal))
            rebuild |= Rebuilds(options.VanishedFiles, "VanishedFiles", $"{gone.File}: the file was read by an earlier night and is gone", gone.File, keeps);
        return new FoundFiles(rebuild ? all : fresh, rebuild, PassedOver(hidden, foreign), keeps);
    }

    /// <summary>
    /// Rows of the logs by their files' footers, and those of files that <paramref name="known"/> lacks; a file that cannot be read has none.
    /// </summary>
    /// <param name="known">Keys of files as <see cref="NewFile.Key"/> has them.</param>
    public static (long Rows, long New) Rows(IParquetReader reader, IngestOptions options, IReadOnlySet<string> known)
    {
        var (rows, fresh) = (0L, 0L);
        foreach (var source in options.Events)
        {
            foreach (string path in reader.List(source.Path).Files)
            {
                long here;
                try
                {
                    here = reader.Inspect(path).Rows;
                }
                catch (Exception e) when (e is ParquetFileException or IOException or UnauthorizedAccessException)
                {
                    continue;
                }
                rows += here;
                if (!known.Contains(Key(source, path))) fresh += here;
            }
        }
        return (rows, fresh);
    }

    private static NewFile Of(int source, string key, string path, KnownFile? unverified)
    {
        try
        {
            return new NewFile(source, key, path, new FileInfo(path).Length, unverified?.Sha256 ?? FileFingerprint.Of(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            string? target = new FileInfo(path).LinkTarget;
            string cause = target is not null && !File.Exists(path) ? $"is a link to '{target}', which does not exist"
                : e is UnauthorizedAccessException ? $"cannot be opened: user '{Environment.UserName}' has no right to read it; grant it"
                : "cannot be opened: " + e.Message.TrimEnd('.');
            return new NewFile(source, key, path, 0, "unreadable:" + key, new ParquetFileException(path, cause, e));
        }
    }

    private static string? PassedOver(int hidden, List<string> foreign)
    {
        var words = new List<string>();
        if (hidden > 0) words.Add($"{hidden:N0} hidden or unfinished");
        if (foreign.Count > 0)
        {
            words.Add(
                $"{foreign.Count:N0} that {(foreign.Count == 1 ? "is" : "are")} no Parquet "
                + $"({string.Join(", ", foreign.Order(StringComparer.Ordinal).Take(3).Select(Path.GetFileName))}{(foreign.Count > 3 ? ", ..." : "")})");
        }
        return words.Count == 0 ? null : "in the logs' folders these are passed over: " + string.Join(" and ", words);
    }

    /// <summary>Hash of the options that decide what a row becomes while it is read; the others apply to all kept events every night.</summary>
    public static string ReadOptionsHash(IngestOptions options)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(new
        {
            Sources = options.Events.Select(e => new
            {
                e.Name,
                e.Columns,
                e.DefaultKind,
                Kinds = e.KindMap.OrderBy(k => k.Key, StringComparer.Ordinal),
                e.EpochUnit,
                e.ReturnGroupPrefix,
                e.NegativeQuantityIsReturn,
            }),
            options.MaxIdBytes,
            options.StripDecimalZero,
            options.MaxQuantity,
            options.MinPrice,
            options.MaxPrice,
            options.NonProducts,
            options.NonProductTexts,
        });
        return Convert.ToHexStringLower(SHA256.HashData(json));
    }

    private static bool Rebuilds(ChangedFilePolicy policy, string option, string what, string key, List<string> keeps)
    {
        if (policy == ChangedFilePolicy.Refuse)
        {
            throw new RunFailedException(
                $"{what}; put the file back, or set Ingest:{option} to Keep (its first rows stay) or Rebuild (all logs are read again)");
        }
        if (policy == ChangedFilePolicy.Keep) keeps.Add(key);
        return policy == ChangedFilePolicy.Rebuild;
    }

    /// <summary><c>source:path below the pattern's fixed part</c>, so that moving the whole log makes no file new.</summary>
    private static string Key(EventSourceOptions source, string path)
    {
        string fixedPart = source.Path;
        int wild = fixedPart.AsSpan().IndexOfAny('*', '?');
        if (wild >= 0) fixedPart = fixedPart[..wild];
        string root = Directory.Exists(source.Path) ? source.Path : Path.GetDirectoryName(Path.GetFullPath(fixedPart + "x"))!;
        return new StringBuilder(source.Name).Append(':').Append(Path.GetRelativePath(root, path).Replace('\\', '/')).ToString();
    }
}
