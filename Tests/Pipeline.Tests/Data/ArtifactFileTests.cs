using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Tests.Data;

[TestClass]
internal sealed class ArtifactFileTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recsys-artifact-").FullName;

    [TestCleanup]
    public void Clean() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void Nouns_come_back_as_they_were_written()
    {
        var ids = new IdMap(1);
        for (int i = 0; i < 5_000; i++) Assert.AreEqual(i, ids.Add($"user-{i}"));
        var matrix = new InteractionMatrix(SparseRows.FromTriplets(3, 4, [2, 0, 2, 2], [3, 1, 0, 3], [1f, 2f, 3f, 4f]), [9u, 8u, 7u]);
        string path = Path.Combine(_folder, "a.bin");
        using (var writer = new ArtifactWriter(path))
        {
            writer.Write("ids", ids).Write("matrix", matrix).WriteStrings("text", ["a", null, ""]);
            writer.Complete();
        }

        var reader = new ArtifactReader(path);
        var idsBack = reader.ReadIds("ids");
        var back = reader.ReadInteractions("matrix");

        Assert.AreEqual(4_999, idsBack.Find("user-4999"));
        Assert.AreEqual(-1, idsBack.Find("user-5000"));
        CollectionAssert.AreEqual(new[] { 0, 1, 1, 3 }, back.ByUser.Pointers);
        CollectionAssert.AreEqual(new[] { 1, 0, 3 }, back.ByUser.Indices);
        CollectionAssert.AreEqual(new[] { 2f, 3f, 5f }, back.ByUser.Values);
        CollectionAssert.AreEqual(new[] { 9u, 8u, 7u }, back.LastSeen);
        CollectionAssert.AreEqual(new[] { "a", null, "" }, reader.ReadStrings("text"));
    }

    [TestMethod]
    public void Every_changed_byte_and_every_cut_is_found()
    {
        string path = Path.Combine(_folder, "b.bin");
        using (var writer = new ArtifactWriter(path))
        {
            writer.Write("values", [1f, 2f, 3f]);
            writer.Complete();
        }
        var good = File.ReadAllBytes(path);
        for (int at = 0; at < good.Length; at++)
        {
            var bad = (byte[])good.Clone();
            bad[at] ^= 1;
            File.WriteAllBytes(path, bad);
            Assert.ThrowsExactly<ArtifactException>(() => new ArtifactReader(path), $"byte {at} changed");
            File.WriteAllBytes(path, good[..at]);
            Assert.ThrowsExactly<ArtifactException>(() => new ArtifactReader(path), $"cut at {at}");
        }
    }

    [TestMethod]
    public void An_unfinished_writer_leaves_the_old_file()
    {
        string path = Path.Combine(_folder, "c.bin");
        using (var writer = new ArtifactWriter(path))
        {
            writer.Write("v", [1]);
            writer.Complete();
        }
        using (var writer = new ArtifactWriter(path)) writer.Write("v", [2]);

        Assert.AreEqual(1, new ArtifactReader(path).Read<int>("v")[0]);
        Assert.AreEqual(1, Directory.GetFiles(_folder).Length);
    }
}
