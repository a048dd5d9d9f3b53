using System.Globalization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Ingest.Reading;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Benchmarks;

/// <summary>
/// <c>make-holdout --kind check-ins|last-item --data TRAIN --out DIR [--seed N]</c>: splits a training file into <c>DIR/train.parquet</c> and
/// <c>DIR/test.parquet</c> as its official test was split from it, so that hyper-parameters are chosen without a look at the test.
/// <para>
/// <c>check-ins</c> resembles the gowalla benchmark's test, which is not uniform (figures: test / this hold-out): it takes a fifth of a user's pairs, rounded
/// up; popular items more often than rare ones (share of an item's pairs .21 / .21 up to 200 users, .23 / .24 up to 500, .29 / .28 above); and neighbors in the
/// id-sorted history together (the next pair of a test pair is one 1.31 / 1.24 times as often as chance; a uniform draw gives 0.86). A user's pairs with the
/// largest keys are held out: <c>key = Gumbel + 0.18 max(0, ln(popularity / 100)) + 1.5 [position in a random cyclic block of the id-sorted history]</c>. The
/// two constants were set from those counts, by no model's score.
/// </para>
/// <para><c>last-item</c> holds out each user's last pair by the order column, where the user has more than one.</para>
/// </summary>
internal static class MakeHoldOut
{
    private const double Share = 0.2;
    private const double PopularityWeight = 0.18;
    private const double BlockWeight = 1.5;

    public static int Run(string[] args)
    {
        var given = Arguments.Parse(args);
        string data = given.Text("data");
        string folder = given.Text("out");
        var split = PairFiles.Load(ParquetFiles.Reader(), data, data);
        var held = given.Text("kind") switch
        {
            "check-ins" => CheckIns(split, (ulong)given.Int("seed", 1)),
            "last-item" => LastItems(split.Train),
            var other => throw new ArgumentException($"--kind is '{other}'; expected check-ins or last-item"),
        };
        Directory.CreateDirectory(folder);
        Write(Path.Combine(folder, "train.parquet"), split, held, false);
        Write(Path.Combine(folder, "test.parquet"), split, held, true);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{held.Count(h => !h)} pairs to train on, {held.Count(h => h)} held out"));
        return 0;
    }

    private static bool[] CheckIns(PairSplit split, ulong seed)
    {
        var rows = split.Train.ByUser;
        var random = new SplitMix64(seed, "hold-out");
        var ids = new long[rows.Columns];
        for (int item = 0; item < ids.Length; item++) ids[item] = long.Parse(split.Items.Text(item), CultureInfo.InvariantCulture);
        var held = new bool[rows.Count];
        for (int user = 0; user < rows.Rows; user++)
        {
            int start = rows.Pointers[user];
            int[] byId = [.. Enumerable.Range(start, rows.RowLength(user)).OrderBy(k => ids[rows.Indices[k]])];
            int take = (int)Math.Ceiling(Share * byId.Length);
            int block = (int)(random.NextDouble() * byId.Length);
            var keys = new double[byId.Length];
            for (int at = 0; at < byId.Length; at++)
            {
                int popularity = split.Train.ByItem.RowLength(rows.Indices[byId[at]]);
                keys[at] = -Math.Log(-Math.Log(1 - random.NextDouble())) + PopularityWeight * Math.Max(0, Math.Log(popularity / 100.0));
                if ((at - block + byId.Length) % byId.Length < take) keys[at] += BlockWeight;
            }
            foreach (int at in Enumerable.Range(0, keys.Length).OrderByDescending(at => keys[at]).Take(take)) held[byId[at]] = true;
        }
        return held;
    }

    private static bool[] LastItems(InteractionMatrix train)
    {
        if (train.LastSeen is not { } seen) throw new InvalidDataException("last-item needs an order column (position, timestamp)");
        var held = new bool[train.Count];
        for (int user = 0; user < train.Users; user++)
        {
            int start = train.ByUser.Pointers[user];
            if (train.ByUser.RowLength(user) > 1) held[Enumerable.Range(start, train.ByUser.RowLength(user)).MaxBy(k => seen[k])] = true;
        }
        return held;
    }

    private static void Write(string path, PairSplit split, bool[] held, bool wanted)
    {
        List<string> users = [], items = [];
        List<long> positions = [];
        var rows = split.Train.ByUser;
        for (int user = 0; user < rows.Rows; user++)
        {
            for (int k = rows.Pointers[user]; k < rows.Pointers[user + 1]; k++)
            {
                if (held[k] != wanted) continue;
                users.Add(split.Users.Text(user));
                items.Add(split.Items.Text(rows.Indices[k]));
                positions.Add(split.Train.LastSeen?[k] ?? 0);
            }
        }
        var columns = new List<Column> { Strings("user_id", users), Strings("item_id", items) };
        if (split.Train.LastSeen is not null)
            columns.Add(new ValueColumn<long>(new ColumnField("position", ColumnType.Int64), positions.Count, positions.ToArray(), null));
        using var file = ParquetFiles.Writer().Create(path, [.. columns.Select(c => c.Field)]);
        file.Append([.. columns], users.Count);
        file.Complete();
    }

    private static Utf8Column Strings(string name, List<string> values)
    {
        var offsets = new int[values.Count + 1];
        using var bytes = new MemoryStream();
        for (int k = 0; k < values.Count; k++)
        {
            bytes.Write(System.Text.Encoding.UTF8.GetBytes(values[k]));
            offsets[k + 1] = (int)bytes.Length;
        }
        return new Utf8Column(new ColumnField(name, ColumnType.Utf8), values.Count, offsets, bytes.ToArray(), null);
    }
}
