using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Publish;

namespace Recsys.Batch.Pipeline.Tests.Runs;

[TestClass]
internal sealed class StoreLockTests
{
    [TestMethod]
    public void A_second_writer_is_told_who_holds_the_folder()
    {
        using var folder = new TempFolder();
        var time = new FixedTime();
        using (StoreLock.Acquire(folder.Path, time))
        {
            var refused = Assert.ThrowsExactly<RunFailedException>(() => StoreLock.Acquire(folder.Path, time));
            StringAssert.Contains(refused.Message, $"process {Environment.ProcessId}");
            StringAssert.Contains(refused.Message, "2011-12-10 03:00:00");
        }
        StoreLock.Acquire(folder.Path, time).Dispose();
    }

    [TestMethod]
    public void A_lock_file_left_behind_is_taken_over()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("lock"), "");
        File.WriteAllText(folder.File("lock.holder"), "process 1 on a machine that is gone");
        StoreLock.Acquire(folder.Path, new FixedTime()).Dispose();

        Assert.IsFalse(File.Exists(folder.File("lock.holder")));
    }
}
