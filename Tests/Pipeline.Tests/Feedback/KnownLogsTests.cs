using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Feedback;
using Recsys.Batch.Pipeline.Feedback.Join;
using Recsys.Batch.Pipeline.Feedback.Learning;
using Recsys.Batch.Pipeline.Tests.Runs;
using static Recsys.Batch.Pipeline.Tests.Feedback.FeedbackFiles;

namespace Recsys.Batch.Pipeline.Tests.Feedback;

[TestClass]
internal sealed class KnownLogsTests
{
    private static readonly DiversityPolicy Policy = SimulatedNights.Even(contexts: 1);

    [TestMethod]
    public void Files_that_were_read_are_not_read_again_and_nothing_else_differs()
    {
        using var folder = new TempFolder();
        var night = new Night(folder);
        Log(folder, "logs/a.parquet", ("ann", "a", "v1", "impression", 1, 10), ("bob", null, "v1", "impression", 1, 10), ("ann", "a", "v1", "click", 1, 11));
        Log(folder, "logs/c.parquet", ("cyd", "c", "v1", "impression", 1, 20), ("zoe", "c", "v1", "click", 1, 20));
        Assert.AreEqual("a.parquet c.parquet", night.Run());

        // Nothing new.
        Assert.AreEqual("", night.Run());

        // A file that comes before a known one: ids are those that a full reading gives.
        Log(folder, "logs/b.parquet", ("eve", "b", "v1", "impression", 1, 15), ("cyd", "c", "v1", "impression", 1, 20), ("ann", "a", "gone", "click", 1, 1));
        Assert.AreEqual("b.parquet", night.Run());

        // The same bytes at another time are known by their sum, other bytes are not.
        File.SetLastWriteTimeUtc(folder.File("logs/a.parquet"), new DateTime(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.AreEqual("", night.Run());
        Log(folder, "logs/a.parquet", ("ann", "a", "v1", "impression", 1, 10), ("bob", "b", "v1", "impression", 1, 10), ("ann", "a", "v1", "click", 1, 11));
        File.SetLastWriteTimeUtc(folder.File("logs/a.parquet"), new DateTime(2030, 1, 2, 0, 0, 0, DateTimeKind.Utc));
        Assert.AreEqual("a.parquet", night.Run());

        // A file that is gone is gone, and one that moved is known.
        File.Delete(folder.File("logs/c.parquet"));
        File.Move(folder.File("logs/b.parquet"), folder.File("logs/0.parquet"));
        Assert.AreEqual("", night.Run());

        // What rows become is for the options to say; damage is read over.
        night.Options.Logs[0].KindMap = new() { ["view"] = "impression" };
        Assert.AreEqual("0.parquet a.parquet", night.Run());
        string rows = Directory.GetFiles(Path.Combine(night.Folder, KnownLogs.RowsFolder)).Order(StringComparer.Ordinal).First();
        File.WriteAllText(rows, "damaged");
        Assert.AreEqual(1, night.Run().Split(' ').Count(f => f.EndsWith(".parquet", StringComparison.Ordinal)));
        File.WriteAllText(Path.Combine(night.Folder, KnownLogs.FileName), "{");
        Assert.AreEqual("0.parquet a.parquet", night.Run());
    }

    [TestMethod]
    public void A_change_that_keeps_size_and_time_is_seen_where_files_are_verified()
    {
        using var folder = new TempFolder();
        var night = new Night(folder);
        var then = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        Log(folder, "logs/a.parquet", ("ann", "a", "v1", "impression", 1, 10));
        File.SetLastWriteTimeUtc(folder.File("logs/a.parquet"), then);
        long size = new FileInfo(folder.File("logs/a.parquet")).Length;
        Assert.AreEqual("a.parquet", night.Run());
        Log(folder, "logs/a.parquet", ("bob", "b", "v1", "impression", 1, 10));
        File.SetLastWriteTimeUtc(folder.File("logs/a.parquet"), then);
        Assert.AreEqual(size, new FileInfo(folder.File("logs/a.parquet")).Length, "a file of another size is seen anyway");

        night.Options.VerifyKnownFiles = true;
        Assert.AreEqual("a.parquet", night.Run());
    }

    /// <summary>Night after night, each beside a run that knows no file.</summary>
    private sealed class Night
    {
        private readonly TempFolder _folder;
        private int _number;

        public Night(TempFolder folder)
        {
            _folder = folder;
            Directory.CreateDirectory(folder.File("logs"));
            Options = FeedbackFiles.Options(folder);
            Options.Logs[0].Path = folder.File("logs");
        }

        public FeedbackOptions Options { get; }

        public string Folder => _folder.File($"night{_number}");

        /// <returns>Names of the logs whose rows were read.</returns>
        public string Run()
        {
            var versions = new[] { Version(_folder, "v1", Policy, ("ann", ["a", "b"]), ("bob", ["b"]), ("cyd", ["c"]), ("eve", ["b"])) };
            string? before = _number == 0 ? null : Folder;
            _number++;
            var reader = new CountingReader();
            RunIn(Folder, Options, versions, Policy, before, reader);
            // All is read again, by a run that knows what was looked at and no more.
            string full = Folder + "-full";
            string? looked = before is null ? null : before + "-looked";
            if (looked is not null)
            {
                Directory.CreateDirectory(looked);
                File.Copy(Path.Combine(before!, EvidenceHistory.FileName), Path.Combine(looked, EvidenceHistory.FileName), overwrite: true);
            }
            RunIn(full, Options, versions, Policy, looked);
            string[] Files(string at) =>
                [.. Directory.GetFiles(at, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(at, f)).Order(StringComparer.Ordinal)];
            CollectionAssert.AreEqual(Files(full), Files(Folder));
            foreach (string file in Files(full))
                Assert.AreEqual(FileFingerprint.Of(Path.Combine(full, file)), FileFingerprint.Of(Path.Combine(Folder, file)), $"night {_number}: {file}");
            return string.Join(' ', reader.Files.Where(f => !f.StartsWith("v1", StringComparison.Ordinal)));
        }
    }
}
