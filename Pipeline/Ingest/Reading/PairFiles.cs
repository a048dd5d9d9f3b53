using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Ingest.Rules;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Pipeline.Ingest.Reading;

/// <summary>Which columns of a file of pairs mean what. Null: the first known name that the file has.</summary>
/// <param name="Order">A timestamp, epoch seconds or a position: says which pair came last.</param>
/// <param name="Weight">A positive number a pair; 1 where there is no such column.</param>
internal sealed record PairColumns(string? User = null, string? Item = null, string? Order = null, string? Weight = null);

/// <summary>A split that came as two files: one id space over both, so that users and items of test alone are cold, not unknown.</summary>
/// <param name="Train">users x items; last seen where the train file has an order column (positions count as seconds).</param>
/// <param name="Test">users x items.</param>
internal sealed record PairSplit(IdMap Users, IdMap Items, InteractionMatrix Train, SparseRows Test, long TrainRows, long TestRows)
{
    /// <summary>The split as evaluation takes it. It did not come from a cut in time, so the cut is 0.</summary>
    public HoldOut HoldOut => new(Train, Test, 0);
}

/// <summary>Loads a published train/test split from two Parquet files (or folders, or globs) of pairs. Repeats of a pair are summed.</summary>
internal static class PairFiles
{
    private static readonly string[] s_users = ["user_id", "user", "userId", "customer_id", "household_id"];
    private static readonly string[] s_items = ["item_id", "item", "itemId", "product_id", "stock_code"];
    // A position first: where a file has both, it has no ties and no gaps.
    private static readonly string[] s_orders = ["position", "timestamp", "timestamp_s", "time"];
    private static readonly string[] s_weights = ["weight", "rating", "value"];

    /// <param name="known">Adds items that no pair speaks of, so that they can be ranked too.</param>
    /// <exception cref="ConfigurationException">A file lacks a column, or has it in a type that cannot be used.</exception>
    /// <exception cref="RunFailedException">No file, no row, or a row without user or item.</exception>
    public static PairSplit Load(
        IParquetReader reader, string train, string test, PairColumns? columns = null, Action<IdMap>? known = null, CancellationToken cancellation = default)
    {
        var users = new IdMap();
        var items = new IdMap();
        var trainPairs = Read(reader, train, columns ?? new(), users, items, cancellation);
        var testPairs = Read(reader, test, columns ?? new(), users, items, cancellation);
        known?.Invoke(items);
        var byUser = trainPairs.ToRows(users.Count, items.Count);
        return new PairSplit(
            users,
            items,
            new InteractionMatrix(byUser, trainPairs.LastSeen(byUser)),
            testPairs.ToRows(users.Count, items.Count),
            trainPairs.Users.Count,
            testPairs.Users.Count);
    }

    private static Pairs Read(IParquetReader reader, string pattern, PairColumns wanted, IdMap users, IdMap items, CancellationToken cancellation)
    {
        var files = reader.Expand(pattern);
        if (files.Count == 0) throw new RunFailedException($"'{pattern}' matches no Parquet file; expected one with the columns user_id and item_id");
        var pairs = new Pairs();
        var userIds = new IdEncoder(users, int.MaxValue, RowStatus.NullUser);
        var itemIds = new IdEncoder(items, int.MaxValue, RowStatus.NullItem);
        foreach (string file in files)
        {
            var info = reader.Inspect(file);
            var columns = Choose(info, wanted);
            var read = new MappedColumns(reader, info)
                .Want("the user column", columns.User, ColumnRole.Id)
                .Want("the item column", columns.Item, ColumnRole.Id)
                .Want("the order column", columns.Order, ColumnRole.Time)
                .Want("the weight column", columns.Weight, ColumnRole.Number);
            foreach (var batch in read.Read(cancellation))
                pairs.Append(batch, columns, userIds, itemIds, orderAsked: wanted.Order is not null);
        }
        if (pairs.Users.Count == 0) throw new RunFailedException($"'{pattern}' has no rows; expected pairs of user and item");
        return pairs;
    }

    private static PairColumns Choose(ParquetFileInfo info, PairColumns wanted)
    {
        string? First(string[] names) => names.FirstOrDefault(n => info.Columns.Concat(info.ByName).Any(c => c.Name == n));
        return new PairColumns(
            wanted.User ?? First(s_users) ?? s_users[0],
            wanted.Item ?? First(s_items) ?? s_items[0],
            wanted.Order ?? First(s_orders),
            wanted.Weight ?? First(s_weights));
    }

    private sealed class Pairs
    {
        private readonly List<int> _items = [];
        private readonly List<float> _weights = [];
        private readonly List<uint> _orders = [];
        private bool _ordered = true;

        public List<int> Users { get; } = [];

        public void Append(ColumnBatch batch, PairColumns columns, IdEncoder userIds, IdEncoder itemIds, bool orderAsked)
        {
            var statuses = new RowStatus[batch.RowCount];
            var users = new int[batch.RowCount];
            var items = new int[batch.RowCount];
            userIds.Take(batch.Find(columns.User), statuses, users);
            itemIds.Take(batch.Find(columns.Item), statuses, items);
            int bad = Array.FindIndex(statuses, f => f != RowStatus.Kept);
            if (bad >= 0)
            {
                throw new RunFailedException(
                    $"{batch.File}: row {batch.FirstRow + bad} is not a pair ({statuses[bad].Name()}); a split must have a user and an item in every row");
            }
            Users.AddRange(users);
            _items.AddRange(items);

            var weights = new float[batch.RowCount];
            weights.AsSpan().Fill(1f);
            if (columns.Weight is { } weight) NumberColumn.Read(batch.Find(weight), weights, whenNull: float.NaN);
            bad = Array.FindIndex(weights, w => !(w > 0 && float.IsFinite(w)));
            if (bad >= 0)
            {
                throw new RunFailedException(
                    $"{batch.File}: row {batch.FirstRow + bad}: '{columns.Weight}' is {weights[bad]}; a weight must be positive and finite");
            }
            _weights.AddRange(weights);

            _ordered &= columns.Order is not null;
            if (columns.Order is not { } order) return;
            var orders = new uint[batch.RowCount];
            TimeColumn.Read(batch.Find(order), TimestampUnit.Seconds, statuses, orders);
            bad = Array.FindIndex(statuses, f => f != RowStatus.Kept);
            if (bad >= 0 && !orderAsked)
            {
                // A column that only looks like a time is none: a split that nobody said has an order goes without.
                _ordered = false;
                return;
            }
            if (bad >= 0)
                throw new RunFailedException($"{batch.File}: row {batch.FirstRow + bad}: '{columns.Order}' is not a time or position ({statuses[bad].Name()})");
            _orders.AddRange(orders);
        }

        public SparseRows ToRows(int users, int items) => SparseRows.FromTriplets(users, items, Span(Users), Span(_items), Span(_weights));

        public uint[]? LastSeen(SparseRows rows)
        {
            if (!_ordered) return null;
            var last = new uint[rows.Count];
            for (int k = 0; k < Users.Count; k++)
            {
                int at = rows.Pointers[Users[k]] + rows.RowIndices(Users[k]).BinarySearch(_items[k]);
                last[at] = Math.Max(last[at], _orders[k]);
            }
            return last;
        }

        private static ReadOnlySpan<T> Span<T>(List<T> list) => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(list);
    }
}
