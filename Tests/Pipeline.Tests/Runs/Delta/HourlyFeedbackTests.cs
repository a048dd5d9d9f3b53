using System.Globalization;
using Recsys.Batch.Pipeline.Feedback;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Recsys.Batch.Pipeline.Tests.Feedback;

namespace Recsys.Batch.Pipeline.Tests.Runs.Delta;

/// <summary>The schedules of README and docs/feedback.md: a delta an hour, feedback before each night.</summary>
[TestClass]
internal sealed class HourlyFeedbackTests : IDisposable
{
    private sealed class HoursTime : TimeProvider
    {
        private long _seconds;

        public DateTimeOffset Now { get; set; } = new(2026, 1, 9, 2, 30, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Interlocked.Increment(ref _seconds);
    }

    private readonly HoursTime _time = new();
    private readonly TempFolder _folder = new();
    private int _files, _filesBefore, _rows;

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public async Task Hourly_deltas_with_nightly_feedback_lose_no_impression()
    {
        DeltaShop.WriteLog(_folder.File("log"));
        await Run(RunRequest.Nightly);
        var seen = new HashSet<string>(StringComparer.Ordinal) { Show() };
        for (int day = 9; day <= 10; day++)
        {
            for (int hour = 3; hour <= 5; hour++)
            {
                _time.Now = new DateTimeOffset(2026, 1, day, hour, 0, 0, TimeSpan.Zero);
                DeltaShop.Write(
                    _folder.File("log"), string.Create(CultureInfo.InvariantCulture, $"2026-01-{day:D2} {hour:D2}"),
                    ("7", (hour + 10 * day).ToString(CultureInfo.InvariantCulture)), ("8", (hour + 20).ToString(CultureInfo.InvariantCulture)));
                await Run(RunRequest.Delta);
                seen.Add(Show());
            }
            _time.Now = new DateTimeOffset(2026, 1, day + 1, 2, 0, 0, TimeSpan.Zero);
            var (report, read) = await Feedback();
            Assert.AreEqual(0, report.Rejected.Count, string.Join(", ", report.Rejected.Select(r => $"{r.Key} {r.Value}")));
            Assert.AreEqual((long)_rows, report.Joined);
            CollectionAssert.AreEquivalent(seen.ToArray(), report.ListsByVersion.Keys.ToArray());
            Assert.AreEqual(_files - _filesBefore, read, "logs that were read stay read");
            _filesBefore = _files;
            _time.Now = _time.Now.AddMinutes(30);
            await Run(RunRequest.Nightly);
            seen.Add(Show());
        }
        Assert.IsTrue(seen.Count >= 7, $"{seen.Count} versions are too few to lose one of");

        // Versions that do not live as long as impressions of them come lose these.
        using (var output = OutputFolder.OpenForWriting(Options().Publish, _time)) output.Prune(1, TimeSpan.Zero, _time.Now);
        Assert.IsTrue((await Feedback()).Report.Rejected["unknown_version"] > 0);
    }

    private PipelineOptions Options()
    {
        var night = DeltaShop.Options(_folder.File("log"), _folder.File("out"));
        night.Diversify.Explore.Enabled = true;
        night.Diversify.Explore.Arms = [0.1, 0.2, 0.8];
        // As few as can be: what stays beyond them stays for feedback.
        night.Publish.KeepVersions = 1;
        night.Feedback.Logs = [new()
        {
            Name = "shop",
            Path = _folder.File("clicks"),
            Columns = new() { User = "user", Item = "item", Version = "version", Kind = "kind", Time = "time" },
        }];
        return night;
    }

    private Task<RunReport> Run(string job) => NightlyRun.RunAsync(Options(), new RunRequest(job), NoObserver.Instance, _time);

    private async Task<(FeedbackReport Report, int FilesRead)> Feedback()
    {
        var run = await Run(StageNames.Feedback);
        return (
            FeedbackReport.Read(Path.Combine(run.Stages[0].Folder, FeedbackReport.FileName)),
            (int)run.Metric(StageNames.Feedback, "feedback.files_read")!.Value);
    }

    /// <summary>Some customers see the lists that are current, in a log of the hour.</summary>
    /// <returns>The version.</returns>
    private string Show()
    {
        using var output = OutputFolder.OpenForReading(new PublishOptions { Path = _folder.File("out") });
        string version = output.Store.Current!;
        var rows = output.Store.Lists(version).Take(20)
            .SelectMany(l => output.Store.List(l.UserId, version).Select(e => (l.UserId, e.ItemId, version, "impression", _time.Now.AddMinutes(5)))).ToList();
        Directory.CreateDirectory(_folder.File("clicks"));
        FeedbackFiles.Log(_folder.File("clicks", string.Create(CultureInfo.InvariantCulture, $"{++_files:D3}.parquet")), rows);
        _rows += rows.Count;
        return version;
    }
}
