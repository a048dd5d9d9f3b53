using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Synthetic;

namespace Recsys.Batch.Pipeline.Tests.Synthetic;

[TestClass]
internal sealed class SyntheticLogTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recsys-synthetic-").FullName;

    [TestCleanup]
    public void Clean() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void Equal_parameters_give_equal_files_whatever_the_threads()
    {
        var parameters = new SyntheticParameters(Users: 500, Items: 300, Events: 20_001, Seed: 7) { Days = 3 };
        var one = SyntheticLog.Write(parameters, Path.Combine(_folder, "one"), ParquetFiles.Writer(), StageContext.Quiet(threads: 1));
        var two = SyntheticLog.Write(parameters, Path.Combine(_folder, "two"), ParquetFiles.Writer(), StageContext.Quiet(threads: 3));

        Assert.AreEqual(3, one.Events.Count);
        foreach (var (a, b) in one.Events.Append(one.Items).Zip(two.Events.Append(two.Items)))
            CollectionAssert.AreEqual(File.ReadAllBytes(a), File.ReadAllBytes(b), a);
    }

    [TestMethod]
    public void Files_hold_what_the_shop_says_day_by_day()
    {
        var parameters = new SyntheticParameters(Users: 200, Items: 100, Events: 10_000, Seed: 3) { Days = 4, DirtyShare = 0.2 };
        var shop = new SyntheticShop(parameters);
        var files = SyntheticLog.Write(parameters, _folder, ParquetFiles.Writer(), StageContext.Quiet());
        var reader = ParquetFiles.Reader();

        long n = 0;
        foreach (string file in files.Events)
            foreach (var batch in reader.Read(file))
                for (int row = 0; row < batch.RowCount; row++, n++)
                {
                    var expected = shop.Event(n);
                    Assert.AreEqual(expected.User < 0, batch["user_id"].IsNull(row));
                    Assert.AreEqual(Math.Max(0, expected.User), batch.Column<ValueColumn<long>>("user_id").Values[row]);
                    Assert.AreEqual(Math.Max(0, expected.Item), batch.Column<ValueColumn<long>>("item_id").Values[row]);
                    Assert.AreEqual(expected.Price, batch.Column<ValueColumn<double>>("price").Values[row]);
                    string day = DateTime.UnixEpoch.AddMicroseconds(batch.Column<ValueColumn<long>>("event_time").Values[row]).ToString("yyyy-MM-dd", null);
                    // A duplicate carries the time of the row before it, which may be the day's before.
                    if (expected.Time >= shop.Event(Math.Max(0, n - 1)).Time && row > 0) Assert.AreEqual(Path.GetFileNameWithoutExtension(file), day);
                }
        Assert.AreEqual(parameters.Events, n);
        var titles = reader.Read(files.Items).Single().Column<Utf8Column>("title");
        Assert.AreEqual(shop.Title(42), Encoding.UTF8.GetString(titles[42]));
    }

    [TestMethod]
    public void Popularity_follows_the_power_law_that_was_asked_for()
    {
        var parameters = new SyntheticParameters(Users: 1_000, Items: 2_000, Events: 400_000) { DirtyShare = 0, Affinity = 0, PopularityExponent = 0.9 };
        var shop = new SyntheticShop(parameters);
        var counts = new double[parameters.Items];
        for (long n = 0; n < parameters.Events; n++) counts[shop.Event(n).Item]++;
        Array.Sort(counts, (a, b) => b.CompareTo(a));

        // Least squares of log count on log (rank + 3), over ranks whose counts are large enough to be near their means.
        double sx = 0, sy = 0, sxx = 0, sxy = 0;
        const int ranks = 400;
        for (int r = 0; r < ranks; r++)
        {
            double x = Math.Log(r + 3), y = Math.Log(counts[r]);
            (sx, sy, sxx, sxy) = (sx + x, sy + y, sxx + x * x, sxy + x * y);
        }
        double slope = (ranks * sxy - sx * sy) / (ranks * sxx - sx * sx);
        Assert.AreEqual(-0.9, slope, 0.05);
    }

    [TestMethod]
    public void Users_keep_to_their_planted_cluster()
    {
        var parameters = new SyntheticParameters(Users: 300, Items: 1_000, Events: 60_000) { DirtyShare = 0, Clusters = 10, Affinity = 0.8 };
        var shop = new SyntheticShop(parameters);
        double inside = 0;
        for (long n = 0; n < parameters.Events; n++)
        {
            var e = shop.Event(n);
            if (shop.ClusterOfItem((int)e.Item) == shop.ClusterOfUser(e.User)) inside++;
        }
        // 0.8 by taste, and about a tenth of the rest by chance.
        Assert.AreEqual(0.82, inside / parameters.Events, 0.03);
        Assert.AreEqual(10, Enumerable.Range(0, 300).Select(u => shop.ClusterOfUser(u)).Distinct().Count());
    }

    [TestMethod]
    public void Dirty_rows_come_in_the_share_that_was_asked_for()
    {
        var parameters = new SyntheticParameters(Users: 1_000, Items: 500, Events: 100_000) { DirtyShare = 0.1 };
        var shop = new SyntheticShop(parameters);
        var events = Enumerable.Range(0, 100_000).Select(n => shop.Event(n)).ToList();
        double Share(Func<SyntheticEvent, bool> is_) => events.Count(is_) / 100_000.0;

        Assert.AreEqual(0.02, Share(e => e.User < 0), 0.003);
        Assert.AreEqual(0.01, Share(e => e.Item < 0), 0.003);
        Assert.AreEqual(0.01, Share(e => e.Type == SyntheticEventType.Return), 0.003);
        Assert.AreEqual(0.02, Share(e => e.User >= 1_000), 0.003);
        Assert.AreEqual(0.01, Share(e => e.Price < 0), 0.003);
        Assert.AreEqual(0.03, events.Zip(events.Skip(1)).Count(p => p.First == p.Second) / 100_000.0, 0.004);
        Assert.IsTrue(events.Zip(events.Skip(1)).All(p => p.Second.Time >= p.First.Time - 1_000_000_000));
    }

    [TestMethod]
    public void Impossible_sizes_are_a_configuration_error()
    {
        var error = Assert.ThrowsExactly<ConfigurationException>(() =>
            SyntheticLog.Write(new(0, 10, 10) { DirtyShare = 2 }, _folder, ParquetFiles.Writer(), StageContext.Quiet()));
        StringAssert.Contains(error.Message, "generate:Users is 0");
        StringAssert.Contains(error.Message, "DirtyShare");
    }
}
