using System.Diagnostics;
using System.Text.Json;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Synthetic;

namespace Recsys.Batch.Benchmarks.Kills;

/// <summary>
/// A generated shop with a published first night, and what comes of it undisturbed once two more days have come: by a night, and by a delta. Works begin with a
/// copy of that first night.
/// </summary>
internal sealed class KilledShop : IDisposable
{
    private const int Days = 10, Held = 2;

    private readonly string _folder = Directory.CreateTempSubdirectory("recsys-kills-").FullName;
    private readonly string _config;
    private readonly Dictionary<string, TimeSpan> _took = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PublishedBytes> _expected = new(StringComparer.Ordinal);
    private int _works;

    public KilledShop(int users)
    {
        string log = Path.Combine(_folder, "log");
        var files = SyntheticLog.Write(
            new SyntheticParameters(users, 80, 20 * users, Seed: 7) { Days = Days }, log, ParquetFiles.Writer(), StageContext.Quiet()).Events;
        _config = Path.Combine(_folder, "night.json");
        File.WriteAllText(_config, Configuration(log));
        foreach (string file in files.TakeLast(Held)) File.Move(file, Path.Combine(_folder, Path.GetFileName(file)));
        string begun = Path.Combine(_folder, "begun");
        Require(Finish("nightly", begun));
        _expected["begun"] = PublishedBytes.Of(begun);
        foreach (string file in files.TakeLast(Held)) File.Move(Path.Combine(_folder, Path.GetFileName(file)), file);
        foreach (string job in (string[])["nightly", "delta"])
        {
            string output = Begin();
            long began = Stopwatch.GetTimestamp();
            Require(Finish(job, output));
            _took[job] = Stopwatch.GetElapsedTime(began);
            _expected[job] = PublishedBytes.Of(output);
            if (_expected[job].Version == _expected["begun"].Version) throw new InvalidOperationException($"{job} changed no list: nothing would be tried");
            End(output);
        }
    }

    /// <summary>How long the job's process takes that nobody kills.</summary>
    public TimeSpan Took(string job) => _took[job];

    public PublishedBytes Lists(string name) => _expected[name];

    /// <summary>A new output folder with the first night in it.</summary>
    public string Begin()
    {
        string output = Path.Combine(_folder, FormattableString.Invariant($"work-{_works++}")), begun = Path.Combine(_folder, "begun");
        foreach (string file in Directory.GetFiles(begun, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(output, Path.GetRelativePath(begun, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
        return output;
    }

    public static void End(string output) => Directory.Delete(output, recursive: true);

    /// <summary>Runs the job and kills it at a moment.</summary>
    /// <returns>The stage that it was in; null where it had ended by then.</returns>
    public string? Kill(string job, string output, TimeSpan moment)
    {
        using var process = Start(job, output);
        bool ended = process.WaitForExit(moment);
        if (ended) return null;
        process.Kill();
        process.WaitForExit();
        return Stage(output);
    }

    /// <summary>Runs the job to its end.</summary>
    public (int Exit, string Said) Finish(string job, string output)
    {
        using var process = Start(job, output);
        var error = process.StandardError.ReadToEndAsync();
        string said = process.StandardOutput.ReadToEnd() + error.GetAwaiter().GetResult();
        process.WaitForExit();
        return (process.ExitCode, said);
    }

    /// <summary>What of the published files and rows is not as in the undisturbed work; null where all is.</summary>
    public string? Difference(string job, string output) => PublishedBytes.Of(output).Difference(_expected[job]);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // The newest run's folders come in the order of its stages; one without a manifest had not ended.
    private static string Stage(string output)
    {
        var run = new DirectoryInfo(Path.Combine(output, "runs")).EnumerateDirectories().MaxBy(d => d.Name, StringComparer.Ordinal);
        var stage = run?.EnumerateDirectories().MaxBy(d => d.LastWriteTimeUtc);
        return stage is null ? "start" : stage.Name;
    }

    private static void Require((int Exit, string Said) ended)
    {
        if (ended.Exit != 0) throw new InvalidOperationException($"an undisturbed run ended with {ended.Exit}: {ended.Said}");
    }

    private Process Start(string job, string output) => Process.Start(new ProcessStartInfo(
        "dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "Recsys.Batch.Jobs.dll"), "run", job, "--config", _config, "--out", output, "--json"])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    private static string Configuration(string log) => JsonSerializer.Serialize(new
    {
        Ingest = new
        {
            Events = new[]
            {
                new
                {
                    Name = "shop",
                    Path = Path.Combine(log, "events"),
                    Columns = new { User = "user_id", Item = "item_id", Time = "event_time", Kind = "event_type", Price = "price" },
                },
            },
            Items = new { Path = Path.Combine(log, "items.parquet"), Columns = new { Id = "item_id", Title = "title", Price = "price" } },
        },
        Embed = new { Model = "none" },
        Train = new { Algorithm = "ials", Als = new { Rank = 8, Iterations = 2 }, Baselines = Array.Empty<string>() },
        // What a window chooses takes most of the time, and writes nothing that is not written by other stages.
        Rank = new { Algorithm = "none" },
        Diversify = new { Method = "mmr" },
        Evaluate = new { Replicates = 100, AucUsers = 0, MinUsers = int.MaxValue, BaselineTolerance = 1 },
        ListsGate = new { ChurnWarn = 1, ChurnFail = 1 },
        Materialize = new { BlockUsers = 32 },
        Runs = new { Threads = 1 },
    });
}

/// <summary>What a work published: every file of the current version with its bytes' hash, and every list and neighbor as the database gives it.</summary>
internal sealed record PublishedBytes(string Version, string Files, IReadOnlyDictionary<string, string> Lists)
{
    public static PublishedBytes Of(string output)
    {
        using var place = OutputConnection.OpenForReading(new PublishOptions { Path = output }, TimeProvider.System);
        string version = place.Store.Current ?? throw new InvalidOperationException($"nothing is current in {output}");
        string folder = place.Folder.FolderOf(version);
        string files = string.Join(
            '\n', Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
                .Select(f => $"{Path.GetRelativePath(folder, f)} {Pipeline.Data.FileFingerprint.Of(f)}"));
        string current = File.ReadAllText(Path.Combine(output, "current")).Trim();
        if (current != version) throw new InvalidOperationException($"the folder's current version is {current}, the database's {version}");
        var users = place.Store.Lists(version).Select(l => l.UserId).ToArray();
        return new PublishedBytes(version, files, users.ToDictionary(u => u, u => Text(place.Store.Read(u, version)!), StringComparer.Ordinal));
    }

    public static string Text(PublishedList list) =>
        string.Join('\n', list.Entries.Select(e => $"{e with { ReasonItems = [] }} {string.Join(',', e.ReasonItems)}"));

    public string? Difference(PublishedBytes expected) =>
        Version != expected.Version ? $"version {Version}, expected {expected.Version}"
        : Files != expected.Files ? $"other files:\n{Files}\nexpected\n{expected.Files}"
        : Lists.Count != expected.Lists.Count ? $"{Lists.Count} lists, expected {expected.Lists.Count}"
        : Lists.FirstOrDefault(l => expected.Lists.GetValueOrDefault(l.Key) != l.Value).Key is { } user ? $"another list of {user}"
        : null;
}
