using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Pipeline.Ingest.Reading;

/// <summary>A log file that this night has to read.</summary>
internal sealed record NewFile(int Source, string Key, string Path, long Bytes, string Sha256);

/// <summary>Compares the files that are there with those the state has read.</summary>
internal static class SourceFiles
{
    /// <summary>
    /// The files to read, in ordinal order within their source, and whether the state has to be built again for them.
    /// </summary>
    /// <exception cref="RunFailedException">A known file changed or vanished, and the policy is to refuse.</exception>
    public static (List<NewFile> Files, bool Rebuild) Find(IParquetReader reader, IngestOptions options, IReadOnlyList<KnownFile> known)
    {
        var byKey = known.ToDictionary(f => f.File, StringComparer.Ordinal);
        var all = new List<NewFile>();
        var fresh = new List<NewFile>();
        bool rebuild = false;
        for (int s = 0; s < options.Events.Count; s++)
        {
            var source = options.Events[s];
            foreach (string path in reader.Expand(source.Path))
            {
                string key = Key(source, path);
                long bytes = new FileInfo(path).Length;
                bool isKnown = byKey.Remove(key, out var before);
                string sha = isKnown && !options.VerifyKnownFiles ? before!.Sha256 : FileFingerprint.Of(path);
                var file = new NewFile(s, key, path, bytes, sha);
                all.Add(file);
                if (!isKnown) fresh.Add(file);
                else if (before!.Bytes != bytes || before.Sha256 != sha)
                    rebuild |= Rebuilds(options.ChangedFiles, "ChangedFiles", $"{path}: it has {bytes} bytes with SHA-256 {sha[..12]}...; when it was read it had {before.Bytes} with {before.Sha256[..12]}...");
            }
        }
        foreach (string gone in byKey.Keys.Order(StringComparer.Ordinal))
            rebuild |= Rebuilds(options.VanishedFiles, "VanishedFiles", $"{gone}: the file was read by an earlier night and is gone");
        return (rebuild ? all : fresh, rebuild);
    }

    /// <summary>Hash of the options that decide what a row becomes while it is read; the others apply to all kept events every night.</summary>
    public static string ReadOptionsHash(IngestOptions options)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(new
        {
            Sources = options.Events.Select(e => new { e.Name, e.Columns, e.DefaultKind, Kinds = e.KindMap.OrderBy(k => k.Key, StringComparer.Ordinal), e.EpochUnit, e.ReturnGroupPrefix, e.NegativeQuantityIsReturn }),
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

    private static bool Rebuilds(ChangedFilePolicy policy, string key, string what) => policy switch
    {
        ChangedFilePolicy.Refuse => throw new RunFailedException($"{what}; put the file back, or set Ingest:{key} to Keep (its first rows stay) or Rebuild (all logs are read again)"),
        ChangedFilePolicy.Rebuild => true,
        _ => false,
    };

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
