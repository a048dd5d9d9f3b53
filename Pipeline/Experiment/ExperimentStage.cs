using System.Globalization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Experiment;

/// <param name="Prices">By item, NaN where unknown.</param>
/// <param name="Versions">Complete versions that are kept, in the order in which they were current.</param>
/// <param name="Control">The group that is drawn now; null: there is none.</param>
/// <param name="Since">Second since 1970 from which that group's lists are another one's; null: not yet.</param>
/// <param name="OrderMinutes">What may lie between two rows of an order that has no id.</param>
internal sealed record ExperimentInputs(
    PurchaseLog Purchases, IdMap Users, IdMap Items, double[] Prices, IReadOnlyList<ListedVersion> Versions, ControlGroup? Control, long? Since,
    double OrderMinutes)
{
    public IShownItems? Shown { get; init; }
}

/// <summary>
/// Whether lists help: orders and revenue of customers with personal lists beside those of the control group, over all of the experiment and by version, and
/// what was bought of what lists showed. Customers are compared as they were drawn, whether they looked at their list or not, and only those who were
/// customers before: whoever came since may have come because of the lists.
/// </summary>
internal sealed class ExperimentStage(IParquetReader reader, ExperimentOptions options)
{
    private const long Day = 86_400;

    public ExperimentReport Run(ExperimentInputs inputs, StageContext context)
    {
        var log = inputs.Purchases;
        var orders = CustomerOrders.Of(log, inputs.Prices, inputs.OrderMinutes);
        long end = log.Last + 1L;
        var bought = Bought(log, inputs.Versions);
        var listed = new List<ListedItems>();
        foreach (var version in inputs.Versions)
        {
            listed.Add(ListedItems.Read(reader, version, inputs.Users, inputs.Items, bought, context.Cancellation));
            context.Progress.Step("versions", listed.Count, inputs.Versions.Count, "versions");
        }
        var effects = new List<EffectRow>();
        int newcomers = 0;
        long? since = Since(inputs.Since);
        if (inputs.Control is { } control && since is { } from && from < end)
        {
            var isControl = new bool[log.Users];
            for (int user = 0; user < log.Users; user++) isControl[user] = control.Contains(inputs.Users[user]);
            var (known, after) = (CustomersBefore(log, from), CustomersBefore(log, end));
            newcomers = after.Length - known.Length;
            Measure(ExperimentReport.Whole, from, end, end, known, isControl);
            foreach (var version in listed.Where(v => v.IsControl.Contains(true)))
            {
                long begins = version.Version.From;
                int[] users = [.. CustomersBefore(log, begins).Where(u => version.HasList[u])];
                Measure(version.Version.Version, begins, begins + options.WindowDays * Day, end, users, version.IsControl);
            }
        }
        var attributed = log.HasTime ? new Attribution(log, orders, listed, options.WindowDays * Day, inputs.Shown).Run(context.Cancellation) : [];
        foreach (var e in effects.Where(e => e is { Scope: ExperimentReport.Whole, Measured: not null }))
        {
            context.Progress.Metric($"experiment.{e.Outcome}.difference", e.Measured!.Best.Value);
            context.Progress.Metric($"experiment.{e.Outcome}.low", e.Measured.Best.Low);
            context.Progress.Metric($"experiment.{e.Outcome}.high", e.Measured.Best.High);
        }
        return new ExperimentReport(
            since is { } began ? DayOf(began) : "", log.Count == 0 || !log.HasTime ? "" : DayOf(log.Last), inputs.Control?.Share ?? 0, options.WindowDays,
            options.BeforeDays, newcomers, orders.HasRevenue, inputs.Shown is not null, effects, attributed,
            Decision(inputs, since, end, effects));

        void Measure(string scope, long begins, long until, long last, int[] users, bool[] isControl)
        {
            var (later, before) = (orders.Totals(begins, Math.Min(until, last)), orders.Totals(begins - options.BeforeDays * Day, begins));
            int controls = users.Count(u => isControl[u]), others = users.Length - controls;
            bool isEnough = Math.Min(controls, others) >= options.MinUsers && begins < last;
            bool hasBefore = options.BeforeDays > 0;
            Add("orders", later.Orders, before.Orders);
            if (orders.HasRevenue) Add("revenue", later.Revenue, before.Revenue);

            void Add(string outcome, double[] y, double[] x) => effects.Add(new EffectRow(
                scope, outcome, DayOf(begins), DayOf(Math.Min(until, last) - 1), until <= last, others, controls,
                isEnough ? GroupDifference.Of(y, hasBefore ? x : null, isControl, users) : null));
        }
    }

    private long? Since(long? drawn) => options.FirstDay is { } day
        ? Math.Max(drawn ?? long.MinValue, new DateTimeOffset(day, TimeSpan.Zero).ToUnixTimeSeconds()) : drawn;

    private static HashSet<ulong> Bought(PurchaseLog log, IReadOnlyList<ListedVersion> versions)
    {
        var pairs = new HashSet<ulong>();
        if (versions.Count == 0) return pairs;
        long first = versions.Min(v => v.From);
        for (int user = 0; user < log.Users; user++)
            for (int at = log.Pointers[user]; at < log.Pointers[user + 1]; at++)
                if (log.Seconds[at] >= first) pairs.Add(ListedItems.KeyOf(user, log.Items[at]));
        return pairs;
    }

    private static int[] CustomersBefore(PurchaseLog log, long second) =>
        [.. Enumerable.Range(0, log.Users).Where(u => log.Pointers[u] < log.Pointers[u + 1] && log.Seconds[log.Pointers[u]] < second)];

    private string Decision(ExperimentInputs inputs, long? since, long end, List<EffectRow> effects)
    {
        if (!inputs.Purchases.HasTime) return "nothing can be measured: no log has a time (Ingest:Events:N:Columns:Time)";
        if (inputs.Control is null) return "whether lists help is not measured: there is no control group (Experiment:ControlShare)";
        if (since is null) return "whether lists help is not measured yet: no version with a control group was published";
        if (since >= end) return $"whether lists help is not measured yet: the log has no purchase since {DayOf(since.Value)}";
        var whole = effects.Where(e => e.Scope == ExperimentReport.Whole).ToList();
        if (whole[0].Measured is null)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"too few customers to tell: {whole[0].ControlUsers} in the control group and {whole[0].PersonalUsers} beside it, of {options.MinUsers} each");
        }
        return string.Join("; ", whole.Select(Words));
    }

    private static string Words(EffectRow row)
    {
        var best = row.Measured!.Best;
        string interval = string.Create(CultureInfo.InvariantCulture, $"{best.Value:+0.###;-0.###;0} a customer, {best.Low:0.###} to {best.High:0.###}");
        return best.Low > 0 ? $"personal lists bring more {row.Outcome} than the control group's ({interval})"
            : best.High < 0 ? $"personal lists bring {(row.Outcome == "orders" ? "fewer" : "less")} {row.Outcome} than the control group's ({interval})"
            : $"{row.Outcome} do not tell the groups apart ({interval})";
    }

    private static string DayOf(long second) =>
        DateTimeOffset.FromUnixTimeSeconds(second).UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
