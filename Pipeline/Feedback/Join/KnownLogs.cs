using System.Security.Cryptography;
using System.Text.Json;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Feedback.Join;

/// <summary>A log file that a run read.</summary>
/// <param name="Modified">UTC ticks of its last change.</param>
/// <param name="Mapping">Hash of the options that decided what its rows became, and of its place among the logs.</param>
internal sealed record KnownLog(string Path, long Bytes, long Modified, string Sha256, string Mapping, long Rows)
{
    /// <summary>File of its rows: named by what it depends on, so that two files of equal bytes share it.</summary>
    public string RowsFile => $"{Sha256[..32]}-{Mapping[..16]}.rows";
}

/// <summary>
/// Which log files an earlier run read (<c>read.json</c>, and <c>read/</c> with their rows): a file of the same path, size and time of change is not read
/// again, and neither is one whose bytes are those of a known file. The rows are as a full reading gives them.
/// </summary>
/// <param name="folder">The run's folder; null where there was none.</param>
internal sealed class KnownLogs(string? folder, bool verify)
{
    public const string FileName = "read.json";

    public const string RowsFolder = "read";

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, NewLine = "\n" };

    private readonly Dictionary<string, KnownLog> _byPath = Read(folder);

    /// <summary>The file as it is now; its bytes are looked at where size or time changed, or where known files are to be verified.</summary>
    public KnownLog Of(string path, string mapping, long rows)
    {
        var info = new FileInfo(path);
        var (bytes, modified) = (info.Length, info.LastWriteTimeUtc.Ticks);
        string sha = !verify && _byPath.GetValueOrDefault(path) is { } known && known.Bytes == bytes && known.Modified == modified
            ? known.Sha256
            : FileFingerprint.Of(path);
        return new KnownLog(path, bytes, modified, sha, mapping, rows);
    }

    /// <summary>Where the rows of a file lie; null where they have to be read.</summary>
    public string? RowsOf(KnownLog file) =>
        folder is not null && _byPath.Values.Any(k => k.Sha256 == file.Sha256 && k.Mapping == file.Mapping && k.Rows == file.Rows)
        && Path.Combine(folder, RowsFolder, file.RowsFile) is var path && File.Exists(path)
            ? path
            : null;

    public static void Save(string folder, IEnumerable<KnownLog> files) =>
        AtomicFile.WriteText(Path.Combine(folder, FileName), JsonSerializer.Serialize(files, Json) + "\n");

    /// <summary>Hash of what decides how a log's rows are read.</summary>
    /// <param name="number">Place among the logs: numbers that are no times compare within theirs.</param>
    public static string Mapping(FeedbackLogOptions log, int number) => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(new
    {
        Format = 2,
        Number = number,
        log.Columns,
        log.DefaultKind,
        log.EpochUnit,
        Kinds = log.KindMap.OrderBy(k => k.Key, StringComparer.Ordinal),
    })));

    private static Dictionary<string, KnownLog> Read(string? folder)
    {
        try
        {
            return folder is null ? [] : (JsonSerializer.Deserialize<KnownLog[]>(File.ReadAllText(Path.Combine(folder, FileName))) ?? [])
                .ToDictionary(k => k.Path, StringComparer.Ordinal);
        }
        catch (Exception e) when (e is JsonException or FileNotFoundException or DirectoryNotFoundException or ArgumentException)
        {
            // What cannot be known is read.
            return [];
        }
    }
}
