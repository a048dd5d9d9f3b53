using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Synthetic;

/// <summary>A version whose lists are shown to made-up customers.</summary>
/// <param name="ListFiles">Parquet of <c>user_recommendations</c>: user_id, item_id, rank; a user's rows stand together.</param>
/// <param name="ArmFiles">Parquet of <c>list_arms</c>: user_id, context, arm.</param>
/// <param name="Created">When the version was made: its lists are seen from then on.</param>
internal sealed record VersionImpressions(
    string Version, DiversityPolicy Policy, DateTimeOffset Created, IReadOnlyList<string> ListFiles, IReadOnlyList<string> ArmFiles);

/// <summary>What <see cref="SyntheticFeedback.Write"/> left.</summary>
/// <param name="Lists">Lists that customers saw.</param>
/// <param name="Truth">
/// By arm, clicks that a list would bring on average if everybody had that arm. Where items differ in appeal, the items of an arm's lists are known for those
/// who drew it, and count alike for the others.
/// </param>
/// <param name="Examination">By rank from the first: chance that it is looked at.</param>
internal sealed record SyntheticFeedbackFile(string File, long Rows, long Lists, IReadOnlyList<double> Truth, IReadOnlyList<double> Examination);

/// <summary>
/// Writes what made-up customers saw, clicked and bought of a published version: user_id, item_id, version, kind (<c>impression</c>, <c>click</c>,
/// <c>purchase</c>) as text, rank as int32, time in microseconds. About one row in a hundred is dirty, as real logs are: logged twice, of another version, of
/// an item that was not on the list, a click on nothing that was shown.
/// </summary>
internal sealed class SyntheticFeedback(SyntheticCustomers customers, ulong seed)
{
    /// <summary>Entries of a list that a page shows.</summary>
    public const int Depth = 10;

    private const double DirtyShare = 0.01;

    /// <summary>The most liked item is clicked three times as often as the least.</summary>
    private const double ItemSpread = 0.5;

    private const ulong DirtyStream = 20;

    /// <summary>Customers of longer histories like wider lists: the best lambda climbs from the first arm to the last with the context.</summary>
    /// <param name="differ">False: all lists are liked alike.</param>
    public static CustomerParameters Tastes(DiversityPolicy policy, bool differ = true)
    {
        int last = policy.Arms.Count - 1;
        double[] best = [.. Enumerable.Range(0, policy.Contexts).Select(x => policy.Arms[policy.Contexts == 1 ? last : x * last / (policy.Contexts - 1)])];
        double range = policy.Arms[^1] - policy.Arms[0];
        // At the other end of the range appeal is half.
        return new CustomerParameters(best, differ ? Math.Log(2) / (range * range) : 0, [.. best.Select((_, x) => 0.15 + 0.1 * x)])
        {
            TasteSpread = range / 8,
            ItemSpread = ItemSpread,
        };
    }

    public SyntheticFeedbackFile Write(VersionImpressions shown, string folder, IParquetReader reader, IParquetWriter writer, StageContext context)
    {
        var draws = Draws(shown, reader, context.Cancellation);
        string file = Path.Combine(folder, $"{shown.Version}.parquet");
        using var to = new FeedbackLogFile(writer, file);
        // Another version is another visit.
        ulong night = seed ^ Number(System.Text.Encoding.UTF8.GetBytes(shown.Version));
        var (truth, plain, listed) = (new double[shown.Policy.Arms.Count], new double[shown.Policy.Arms.Count], new double[shown.Policy.Arms.Count]);
        long lists = 0, users = 0, start = (shown.Created.ToUnixTimeSeconds() + 60) * 1_000_000;
        foreach (var (userId, items) in Lists(shown, reader, context.Cancellation))
        {
            ulong customer = Number(userId);
            var (x, arm) = draws[Convert.ToHexString(userId)];
            users++;
            double lambda = shown.Policy.Arms[arm];
            double[] appeals = [.. items.Select(item => customers.ItemAppeal(Number(item)))];
            for (int a = 0; a < truth.Length; a++) truth[a] += customers.ExpectedClicks(customer, x, shown.Policy.Arms[a], items.Count);
            plain[arm] += customers.ExpectedClicks(customer, x, lambda, items.Count);
            for (int k = 0; k < items.Count; k++) listed[arm] += customers.ClickProbability(customer, x, lambda, k + 1, appeals[k]);
            if (!customers.Visits(customer, night)) continue;
            lists++;
            bool[] clicks = customers.Clicks(customer, night, x, lambda, appeals), purchases = customers.Purchases(customer, night, clicks);
            for (int k = 0; k < items.Count; k++)
            {
                // Customers come one after the other, and look at an item a second.
                long time = start + 1_000_000 * (lists * Depth + k);
                to.Add(userId, items[k], shown.Version, "impression"u8, k + 1, time);
                if (clicks[k]) to.Add(userId, items[k], shown.Version, "click"u8, k + 1, time + 500_000);
                if (purchases[k]) to.Add(userId, items[k], shown.Version, "purchase"u8, k + 1, time + 900_000);
                Dirty(to, shown.Version, userId, items[k], k + 1, time, new CounterRandom(seed, DirtyStream, customer + (ulong)k));
            }
            context.Progress.Step("feedback", lists, draws.Count, "lists");
        }
        to.Complete();
        return new SyntheticFeedbackFile(
            file, to.Rows, lists, [.. truth.Select((t, a) => t / Math.Max(1, users) * (plain[a] > 0 ? listed[a] / plain[a] : 1))],
            [.. Enumerable.Range(1, Depth).Select(customers.Examination)]);
    }

    private static void Dirty(FeedbackLogFile to, string version, byte[] userId, byte[] itemId, int rank, long time, CounterRandom random)
    {
        if (random.Uniform() >= DirtyShare) return;
        switch (random.Below(4))
        {
            case 0:
                to.Add(userId, itemId, version, "impression"u8, rank, time);
                break;
            case 1:
                to.Add(userId, itemId, "2020-01-01-00000000", "impression"u8, rank, time);
                break;
            case 2:
                to.Add(userId, "nothing"u8, version, "click"u8, rank, time);
                break;
            default:
                to.Add("nobody"u8, itemId, version, "click"u8, rank, time);
                break;
        }
    }

    private static Dictionary<string, (int Context, int Arm)> Draws(VersionImpressions shown, IParquetReader reader, CancellationToken cancellation)
    {
        var draws = new Dictionary<string, (int, int)>(StringComparer.Ordinal);
        foreach (var batch in shown.ArmFiles.SelectMany(f => reader.Read(f, ["user_id", "context", "arm"], cancellation)))
        {
            var (users, contexts, arms) = (
                batch.Column<Utf8Column>("user_id"), batch.Column<ValueColumn<int>>("context"), batch.Column<ValueColumn<int>>("arm"));
            for (int row = 0; row < batch.RowCount; row++) draws[Convert.ToHexString(users[row])] = (contexts.Values[row], arms.Values[row]);
        }
        return draws;
    }

    private static IEnumerable<(byte[] UserId, List<byte[]> Items)> Lists(VersionImpressions shown, IParquetReader reader, CancellationToken cancellation)
    {
        byte[]? user = null;
        var items = new List<byte[]>();
        foreach (var batch in shown.ListFiles.SelectMany(f => reader.Read(f, ["user_id", "item_id", "rank"], cancellation)))
        {
            var (users, itemIds, ranks) = (batch.Column<Utf8Column>("user_id"), batch.Column<Utf8Column>("item_id"), batch.Column<ValueColumn<int>>("rank"));
            for (int row = 0; row < batch.RowCount; row++)
            {
                if (user is null || !users[row].SequenceEqual(user))
                {
                    if (user is not null) yield return (user, items);
                    (user, items) = (users[row].ToArray(), []);
                }
                if (ranks.Values[row] <= Depth) items.Add(itemIds[row].ToArray());
            }
        }
        if (user is not null) yield return (user, items);
    }

    /// <summary>FNV-1a: the same customer in every version, whatever their order.</summary>
    private static ulong Number(ReadOnlySpan<byte> id)
    {
        ulong hash = 0xCBF29CE484222325;
        foreach (byte b in id) hash = (hash ^ b) * 0x100000001B3;
        return hash;
    }
}
