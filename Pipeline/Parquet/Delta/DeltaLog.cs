using System.Globalization;
using System.Text;
using System.Text.Json;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Parquet.Delta;

/// <summary>
/// The files that a Delta table consists of by its log: what commits added and did not remove, from the first commit on or from the newest checkpoint. What
/// the log asks of a reader beyond that is refused by name, since its files alone would give other rows.
/// </summary>
internal sealed class DeltaLog
{
    public const string Folder = "_delta_log";

    private const int VersionDigits = 20;
    private const string AddedPath = "add.path", ReaderVersion = "protocol.minReaderVersion";

    // What tells two sets of deleted rows of one file apart.
    private static readonly string[] VectorParts = ["storageType", "pathOrInlineDv", "offset"];

    // Of the third version's features those that change nothing in what files hold, and those that are looked at where they are used.
    private static readonly string[] Harmless = ["columnMapping", "deletionVectors", "timestampNtz", "typeWidening", "v2Checkpoint", "vacuumProtocolCheck"];

    private readonly string _table;
    private readonly Dictionary<(string Path, string Vector), LiveFile> _live = [];
    private JsonElement? _protocol;
    private JsonElement? _metadata;

    private DeltaLog(string table) => _table = table;

    /// <param name="table">The folder that holds the log's folder.</param>
    /// <returns>Paths of the live files, in ordinal order.</returns>
    /// <exception cref="ParquetFileException">The log cannot be read, or asks for what a reader of files cannot give.</exception>
    public static IReadOnlyList<string> LiveFiles(string table)
    {
        var log = new DeltaLog(table);
        var (checkpoint, commits) = log.Chain();
        foreach (string file in checkpoint) log.TakeCheckpoint(file);
        foreach (string file in commits) log.TakeCommit(file);
        if (log._protocol is { } protocol) log.Check(protocol);
        if (log._metadata is { } metadata) log.CheckMapping(metadata);
        return [.. log._live.Values.Select(log.Checked).Order(StringComparer.Ordinal)];
    }

    /// <summary>The parts of the checkpoint to begin with, none where the commits reach back to the first, and the commits behind it.</summary>
    private (IReadOnlyList<string> Checkpoint, IReadOnlyList<string> Commits) Chain()
    {
        string[] names = [.. Directory.EnumerateFiles(Path.Combine(_table, Folder)).Select(Path.GetFileName).OfType<string>().Order(StringComparer.Ordinal)];
        long[] versions =
        [
            .. names.Where(n => n.Length == VersionDigits + 5 && n.EndsWith(".json", StringComparison.Ordinal)).Select(Version).Where(v => v >= 0),
        ];
        long begin = 0;
        IReadOnlyList<string> checkpoint = [];
        if (versions is not [0, ..])
        {
            var newest = names.Where(n => n.Contains(".checkpoint.", StringComparison.Ordinal) && Version(n) >= 0)
                .GroupBy(Version).OrderByDescending(g => g.Key).FirstOrDefault(g => IsWhole([.. g]));
            if (newest is null)
            {
                string begins = versions.Length == 0 ? "holds no commit (such as 00000000000000000000.json)" : $"begins with version {versions[0]}";
                throw Refusal($"its log {begins} and has no whole checkpoint of the classic kind; copy the table with all of {Folder}");
            }
            (begin, checkpoint) = (newest.Key + 1, [.. newest.Select(n => Path.Combine(_table, Folder, n))]);
        }
        long expected = begin;
        foreach (long version in versions.Where(v => v >= begin))
            if (version != expected++) throw Refusal($"its log lacks version {expected - 1}; copy the table with all of {Folder}");
        return (checkpoint, [.. versions.Where(v => v >= begin).Select(v => Path.Combine(_table, Folder, Name(v)))]);
    }

    private static string Name(long version) => version.ToString(CultureInfo.InvariantCulture).PadLeft(VersionDigits, '0') + ".json";

    private static long Version(string name) =>
        name.Length > VersionDigits && name[VersionDigits] == '.'
            && long.TryParse(name.AsSpan(0, VersionDigits), NumberStyles.None, CultureInfo.InvariantCulture, out long version)
                ? version
                : -1;

    /// <summary>One file <c>VERSION.checkpoint.parquet</c>, or all of <c>VERSION.checkpoint.PART.PARTS.parquet</c>.</summary>
    private static bool IsWhole(string[] parts)
    {
        string[][] words = [.. parts.Select(p => p.Split('.'))];
        if (words.Any(w => w.Length == 3 && w[2] == "parquet")) return parts.Length == 1;
        return words.All(w => w.Length == 5 && w[4] == "parquet") && int.TryParse(words[0][3], out int of) && of == parts.Length;
    }

    private void TakeCommit(string file)
    {
        int number = 0;
        // Actions of one commit have no order: a file may be added again, with other rows deleted from it, before the line that removes it.
        var added = new List<LiveFile>();
        foreach (string line in File.ReadLines(file))
        {
            number++;
            if (line.Length == 0) continue;
            try
            {
                using var json = JsonDocument.Parse(line);
                var action = json.RootElement;
                if (Part(action, "remove") is { } remove) _live.Remove(Of(remove).Key);
                if (Part(action, "add") is { } add) added.Add(Of(add));
                _protocol = Part(action, "protocol")?.Clone() ?? _protocol;
                _metadata = Part(action, "metaData")?.Clone() ?? _metadata;
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
            {
                throw Refusal($"line {number} of {Path.GetFileName(file)} in its log cannot be read ({e.Message.TrimEnd('.')}); copy the table whole", e);
            }
        }
        foreach (var add in added) _live[add.Key] = add;
    }

    private static LiveFile Of(JsonElement action)
    {
        string path = action.GetProperty("path").GetString() ?? throw new FormatException("its path is null");
        var values = new List<(string, string?)>();
        if (Part(action, "partitionValues") is { } partition)
        {
            foreach (var value in partition.EnumerateObject())
                values.Add((value.Name, value.Value.ValueKind == JsonValueKind.String && value.Value.GetString() is { Length: > 0 } text ? text : null));
        }
        string vector = Part(action, "deletionVector") is { } deleted
            ? string.Join('@', VectorParts.Select(name => Part(deleted, name)?.GetRawText()))
            : "";
        return new LiveFile(path, vector, values);
    }

    /// <summary>Where a live file lies, once its files alone give its rows.</summary>
    private string Checked(LiveFile file)
    {
        string path = PathOf(file.Path);
        if (file.Vector.Length > 0)
            throw Refusal($"of '{file.Path}' single rows are deleted (a deletion vector); rewrite its files first (REORG TABLE ... APPLY (PURGE))");
        if (!File.Exists(path)) throw Refusal($"its log names '{file.Path}', which is not there; copy the table whole");
        var folders = HivePath.Of(path);
        foreach (var value in file.Partition)
        {
            if (folders.Contains(value)) continue;
            throw Refusal($"'{file.Path}' is of the partition {value.Name}={value.Value ?? "null"} by its log alone, not by its folders");
        }
        return path;
    }

    private void Check(JsonElement protocol)
    {
        int version = protocol.TryGetProperty("minReaderVersion", out var v) ? v.GetInt32() : 1;
        string[] features = Part(protocol, "readerFeatures") is { ValueKind: JsonValueKind.Array } list
            ? [.. list.EnumerateArray().Select(f => f.GetString() ?? "")]
            : [];
        if (version > 3) throw Refusal($"it asks for a reader of version {version}; versions 1 to 3 are known");
        if (Array.Find(features, f => !Harmless.Contains(f)) is { } unknown)
            throw Refusal($"it asks for a reader that knows '{unknown}'; drop that feature (ALTER TABLE ... DROP FEATURE)");
    }

    private void CheckMapping(JsonElement metadata)
    {
        if (Part(metadata, "configuration") is { } configuration && configuration.TryGetProperty("delta.columnMapping.mode", out var mode)
            && mode.GetString() is { } how && how != "none")
        {
            throw Refusal($"its columns are mapped by {how} (delta.columnMapping.mode), so its files have other names for them");
        }
    }

    private void TakeCheckpoint(string file)
    {
        var reader = new ParquetNetReader();
        var has = reader.Inspect(file).ByName.Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        if (!has.Contains(AddedPath)) throw Refusal($"its checkpoint {Path.GetFileName(file)} has no column {AddedPath}");
        string[] wanted = has.Contains(ReaderVersion) ? [AddedPath, ReaderVersion] : [AddedPath];
        foreach (var batch in reader.Read(file, wanted))
        {
            for (int row = 0; row < batch.RowCount; row++)
            {
                if (Whole(batch, ReaderVersion, row) is > 1 and var version)
                {
                    throw Refusal(
                        $"its first commits are gone, and its checkpoint is for readers of version {version}, of which only the commits say all; "
                        + "keep the commits from version 0 on");
                }
                var paths = batch.Column<Utf8Column>(AddedPath);
                if (paths.IsNull(row)) continue;
                var added = new LiveFile(Encoding.UTF8.GetString(paths[row]), "", []);
                _live[added.Key] = added;
            }
        }
    }

    private static long? Whole(ColumnBatch batch, string name, int row) => batch.Columns.FirstOrDefault(c => c.Field.Name == name) switch
    {
        ValueColumn<int> numbers when !numbers.IsNull(row) => numbers.Values[row],
        ValueColumn<long> numbers when !numbers.IsNull(row) => numbers.Values[row],
        _ => null,
    };

    /// <summary>A path of the log is a URI relative to the table.</summary>
    private string PathOf(string path)
    {
        string root = Path.GetFullPath(_table);
        string full = Path.GetFullPath(Path.Combine(root, Uri.UnescapeDataString(path)));
        bool isInside = full.StartsWith(root.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar, StringComparison.Ordinal);
        if (!isInside || path.Contains("://", StringComparison.Ordinal)) throw Refusal($"its log names '{path}', which lies outside of it");
        return Path.Combine(_table, Path.GetRelativePath(root, full));
    }

    private static JsonElement? Part(JsonElement json, string name) =>
        json.TryGetProperty(name, out var part) && part.ValueKind != JsonValueKind.Null ? part : null;

    private ParquetFileException Refusal(string why, Exception? inner = null) => new(
        _table,
        $"is a Delta table (it has {Folder}) that cannot be read by its log: {why}. Or export its rows into a folder of their own "
        + "(DuckDB: COPY (FROM delta_scan('FOLDER')) TO 'OUT.parquet') and name that, or name the files by a glob such as '*.parquet' where all of them count",
        inner);

    /// <param name="Vector">Which rows of it are deleted, as the log says it; empty: none.</param>
    /// <param name="Partition">Its values of the partition columns, where the log is known to the letter.</param>
    private sealed record LiveFile(string Path, string Vector, IReadOnlyList<(string Name, string? Value)> Partition)
    {
        public (string Path, string Vector) Key => (Path, Vector);
    }
}
