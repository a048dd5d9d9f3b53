using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Tests.Runs;

namespace Recsys.Batch.Pipeline.Tests.Publish;

[TestClass]
internal sealed class PublishStageTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FixedTime _time = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void A_published_version_is_whole_in_every_place()
    {
        Publish(1);

        using var output = OutputFolder.OpenForReading(new PublishOptions { Path = _folder.Path });
        var version = output.Store.Versions().Single();
        Assert.AreEqual("2011-12-09-00000001", version.Version);
        Assert.AreEqual("2011-12-09-00000001\n", File.ReadAllText(_folder.File("current")));
        Assert.AreEqual((VersionState.Current, 250L, 50L), (version.State, version.Rows, version.Users));
        Assert.AreEqual(0, output.Damage(version).Count);
        var manifest = VersionManifest.Load(output.FolderOf(version.Version));
        Assert.AreEqual(250, manifest.Tables["user_recommendations"].Rows);
        Assert.AreEqual(5, manifest.Tables["segment_defaults"].Rows);
        Assert.AreEqual(250, File.ReadLines(Path.Combine(output.FolderOf(version.Version), "user_recommendations", "part-00001.parquet")).Count());
    }

    [TestMethod]
    public void Equal_nights_in_two_places_have_equal_manifests()
    {
        using var other = new TempFolder();
        Publish(1);
        Publish(1, other.Path);

        string name = Path.Combine("versions", "2011-12-09-00000001", "manifest.json");
        Assert.AreEqual(File.ReadAllText(_folder.File(name)), File.ReadAllText(other.File(name)));
    }

    [TestMethod]
    public void Publishing_an_equal_version_again_only_switches_to_it()
    {
        Publish(1);
        Publish(2);
        Publish(1);

        using var output = OutputFolder.OpenForReading(new PublishOptions { Path = _folder.Path });
        Assert.AreEqual("2011-12-09-00000001", output.Store.Current);
        Assert.AreEqual(2, output.Store.Versions().Count);
    }

    [TestMethod]
    public void Damaged_files_of_the_current_version_are_written_again()
    {
        Publish(1);
        string part = _folder.File("versions", "2011-12-09-00000001", "user_recommendations", "part-00001.parquet");
        string good = File.ReadAllText(part);
        File.WriteAllText(part, good.Replace('1', '2'));
        Publish(1);

        Assert.AreEqual(good, File.ReadAllText(part));
    }

    [TestMethod]
    public void Rollback_returns_to_the_version_before_and_to_a_named_one()
    {
        Publish(1);
        Publish(2);
        Publish(3);
        using var output = OutputFolder.OpenForWriting(new PublishOptions { Path = _folder.Path }, _time);

        Assert.AreEqual("2011-12-09-00000002", output.Rollback().Version);
        Assert.AreEqual("2011-12-09-00000001", output.Rollback().Version);
        Assert.ThrowsExactly<ConfigurationException>(() => output.Rollback());
        Assert.AreEqual("2011-12-09-00000003", output.Rollback("2011-12-09-00000003").Version);
        Assert.AreEqual("2011-12-09-00000003\n", File.ReadAllText(_folder.File("current")));
        Assert.AreEqual("item00003", output.Store.List("user00000")[0].ItemId);
        StringAssert.Contains(Assert.ThrowsExactly<ConfigurationException>(() => output.Rollback("nope")).Message, "2011-12-09-00000001");
    }

    [TestMethod]
    public void A_damaged_version_is_not_rolled_back_to()
    {
        Publish(1);
        Publish(2);
        File.AppendAllText(_folder.File("versions", "2011-12-09-00000001", "user_recommendations", "part-00001.parquet"), "x");
        using var output = OutputFolder.OpenForWriting(new PublishOptions { Path = _folder.Path }, _time);

        StringAssert.Contains(Assert.ThrowsExactly<ArtifactException>(() => output.Rollback()).Message, "part-00001.parquet");
        Assert.AreEqual("2011-12-09-00000002", output.Store.Current);
    }

    [TestMethod]
    [DataRow(null)]
    [DataRow("{")]
    [DataRow("null")]
    public void Retention_lets_a_version_without_a_readable_manifest_go(string? manifest)
    {
        Publish(1);
        Publish(2);
        string file = _folder.File("versions", "2011-12-09-00000001", VersionManifest.FileName);
        if (manifest is null) File.Delete(file);
        else File.WriteAllText(file, manifest);
        using var output = OutputFolder.OpenForWriting(new PublishOptions { Path = _folder.Path }, _time);

        CollectionAssert.AreEqual(new[] { "2011-12-09-00000001" }, output.Prune(1, TimeSpan.FromDays(36_500), _time.GetUtcNow()).ToArray());
    }

    [TestMethod]
    public void Retention_keeps_the_newest_and_the_current_version()
    {
        for (int night = 1; night <= 5; night++) Publish(night, keep: 3);
        using var output = OutputFolder.OpenForWriting(new PublishOptions { Path = _folder.Path }, _time);
        CollectionAssert.AreEqual(new[] { 5, 4, 3 }.Select(n => $"2011-12-09-{n:x8}").ToArray(), output.Store.Versions().Select(v => v.Version).ToArray());
        Assert.AreEqual(3, Directory.GetDirectories(_folder.File("versions")).Length);

        output.Rollback("2011-12-09-00000003");
        CollectionAssert.AreEqual(new[] { "2011-12-09-00000004" }, output.Prune(1, TimeSpan.Zero, _time.GetUtcNow()).ToArray());
        Assert.AreEqual("2011-12-09-00000003", output.Store.Current);
    }

    [TestMethod]
    public void What_a_killed_publish_left_is_cleared_and_the_current_file_repaired()
    {
        Publish(1);
        Directory.CreateDirectory(_folder.File("versions", ".staging-2011-12-09-00000002"));
        Directory.CreateDirectory(_folder.File("versions", "2011-12-09-00000002"));
        using (var reader = OutputFolder.OpenForReading(new PublishOptions { Path = _folder.Path }))
            reader.Store.Stage(SampleLists.Version("2011-12-09-00000002")).Dispose();
        File.WriteAllText(_folder.File("current"), "2011-12-09-00000002\n");

        using var output = OutputFolder.OpenForWriting(new PublishOptions { Path = _folder.Path }, _time);
        CollectionAssert.AreEqual(new[] { _folder.File("versions", "2011-12-09-00000001") }, Directory.GetDirectories(_folder.File("versions")));
        Assert.AreEqual(1, output.Store.Versions().Count);
        Assert.AreEqual("2011-12-09-00000001\n", File.ReadAllText(_folder.File("current")));
    }

    [TestMethod]
    public void A_long_version_is_split_into_files_between_users()
    {
        using (var output = OutputFolder.OpenForWriting(new PublishOptions { Path = _folder.Path }, _time))
        {
            new PublishStage(output, new PlainParquet(), new PublishOptions { RowsPerFile = 1_000 })
                .Run(SampleLists.Night(1, users: 700, size: 5), StageContext.Quiet(1));
        }

        var table = VersionManifest.Load(_folder.File("versions", "2011-12-09-00000001")).Tables["user_recommendations"];
        Assert.AreEqual(3_500, table.Rows);
        Assert.AreEqual(4, table.Files.Count);
        Assert.IsTrue(table.Files.All(f => f.Rows % 5 == 0));
    }

    [TestMethod]
    public void Reading_names_titles_and_falls_back_to_the_segment()
    {
        Publish(1);
        using var output = OutputFolder.OpenForReading(new PublishOptions { Path = _folder.Path });
        var lists = new UserLists(output.Store);

        var known = lists.Read("user00003");
        Assert.IsFalse(known.IsDefault);
        Assert.AreEqual("Title 4", known.Entries[0].Title);
        var unknown = lists.Read("stranger");
        Assert.IsTrue(unknown.IsDefault);
        Assert.AreEqual(5, unknown.Entries.Count);
        Assert.AreEqual("popular", unknown.Entries[0].Entry.Source);
        Assert.ThrowsExactly<ConfigurationException>(() => lists.Read("user00003", "nope"));
    }

    [TestMethod]
    public void Comparing_two_versions_counts_what_stayed()
    {
        Publish(1);
        Publish(2);
        using var output = OutputFolder.OpenForReading(new PublishOptions { Path = _folder.Path });
        var comparison = new UserLists(output.Store).Compare("2011-12-09-00000001", "2011-12-09-00000002");

        // Every list moved on by one item: four of five stay, six in the union.
        Assert.AreEqual((50L, 0L, 0L), (comparison.UsersInBoth, comparison.UsersOnlyBefore, comparison.UsersOnlyAfter));
        Assert.AreEqual(4.0 / 6, comparison.MeanJaccard, 1e-12);
        Assert.AreEqual(0.8, comparison.MeanKept, 1e-12);
        Assert.AreEqual(0, comparison.EqualLists);
        Assert.AreEqual(54, comparison.ItemsBefore);
    }

    [TestMethod]
    public void A_folder_without_lists_says_what_to_do()
    {
        StringAssert.Contains(
            Assert.ThrowsExactly<ConfigurationException>(() => OutputFolder.OpenForReading(new PublishOptions { Path = _folder.Path })).Message, "run nightly");
    }

    private void Publish(int night, string? path = null, int keep = 7)
    {
        using var output = OutputFolder.OpenForWriting(new PublishOptions { Path = path ?? _folder.Path }, _time);
        new PublishStage(output, new PlainParquet(), new PublishOptions { KeepVersions = keep }).Run(SampleLists.Night(night), StageContext.Quiet(1));
    }
}
