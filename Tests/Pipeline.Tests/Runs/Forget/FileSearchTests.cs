using System.Text;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Runs.Forget;

namespace Recsys.Batch.Pipeline.Tests.Runs.Forget;

[TestClass]
internal sealed class FileSearchTests : IDisposable
{
    private const int BlockBytes = 1 << 20;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void An_id_is_found_wherever_it_lies_between_two_blocks()
    {
        for (int at = BlockBytes - 4; at < BlockBytes + 36; at++)
        {
            var bytes = new byte[BlockBytes * 2];
            bytes.AsSpan().Fill((byte)' ');
            "long-customer-id"u8.CopyTo(bytes.AsSpan(at));
            File.WriteAllBytes(_folder.File("a.log"), bytes);
            Assert.AreEqual("a.log: its bytes", Found("long-customer-id"), $"at {at}");
            "a42b 42 c"u8.CopyTo(bytes.AsSpan(at));
            File.WriteAllBytes(_folder.File("a.log"), bytes);
            Assert.AreEqual("a.log: its bytes", Found("42"), $"at {at}");
            Assert.AreEqual("", Found("4"), $"at {at}");
        }
    }

    [TestMethod]
    public void A_short_id_in_json_is_a_string_of_its_own_and_no_count()
    {
        File.WriteAllText(_folder.File("a.json"), """{"seed": 42, "user": "7"}""");

        Assert.AreEqual("", Found("42"));
        Assert.AreEqual("a.json: its bytes", Found("7"));
    }

    [TestMethod]
    public void A_file_that_cannot_be_read_is_named()
    {
        File.WriteAllText(_folder.File("held.log"), "nothing");
        using var held = new FileStream(_folder.File("held.log"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);

        StringAssert.StartsWith(Found("long-customer-id"), "held.log: it cannot be read (");
    }

    private string Found(string id) => string.Join(
        "; ", new FileSearch([Encoding.UTF8.GetBytes(id)], _ => false, ParquetFiles.Reader(), default).Below(_folder.Path).Select(f => $"{f.File}: {f.What}"));
}
