using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Tests.Runs;

namespace Recsys.Batch.Pipeline.Tests.Publish;

[TestClass]
[OSCondition(OperatingSystems.Linux)]
internal sealed class FullDiskTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [DataRow(64)]
    [DataRow(1_000)]
    [Timeout(60_000, CooperativeCancellation = true)]
    public async Task A_publish_without_disk_keeps_the_old_version_and_works_again_with_room(int kilobytes)
    {
        using (var output = OutputFolder.OpenForWriting(new PublishOptions { Path = _folder.Path }, new FixedTime()))
            new PublishStage(output, ParquetFiles.Writer(), new PublishOptions()).Run(SampleLists.Night(1), StageContext.Quiet(1));

        using (var child = ChildProcess.StartOnSmallDisk(kilobytes, "publish-once", _folder.Path, "2"))
        {
            string said = await child.StandardOutput.ReadToEndAsync();
            string error = await child.StandardError.ReadToEndAsync();
            await child.WaitForExitAsync();
            Assert.AreEqual(1, child.ExitCode, said + error);
            Assert.AreEqual("", error);
            Assert.AreEqual(1, said.Trim().Split('\n').Length, said);
            StringAssert.Contains(said, _folder.Path);
        }
        using (var reader = OutputFolder.OpenForReading(new PublishOptions { Path = _folder.Path }))
        {
            Assert.AreEqual("2011-12-09-00000001", reader.Store.Current);
            Assert.AreEqual("item00001", reader.Store.List("user00000")[0].ItemId);
        }

        using (var child = ChildProcess.Start("publish-once", _folder.Path, "2"))
        {
            await child.WaitForExitAsync();
            Assert.AreEqual(0, child.ExitCode, await child.StandardOutput.ReadToEndAsync());
        }
        using var after = OutputFolder.OpenForWriting(new PublishOptions { Path = _folder.Path }, new FixedTime());
        Assert.AreEqual("2011-12-09-00000002", after.Store.Current);
        Assert.AreEqual(2, after.Store.Versions().Count);
        Assert.AreEqual(2, Directory.GetDirectories(_folder.File("versions")).Length);
    }
}
