using Recsys.Batch.Benchmarks.Feedback;

namespace Recsys.Batch.Benchmarks;

/// <summary>
/// Coverage of the 95% intervals of feedback over simulated logs with a known truth: <c>feedback-coverage [--logs 500] [--seed 1] [--threads N] [--users N]
/// [--rate R]</c>, the last two for the rows of one size or rate alone. A row whose estimates are mostly refused is shown in brackets; the other ones have to
/// hold the truth in .93 of cases, and from 25 effective clicks on in no more than .97. Exit code 1 where one does not, or where any interval is a point.
/// </summary>
internal static class FeedbackCoverage
{
    private static readonly double[] Rates = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5];

    private static readonly int[] Users = [500, 2_000, 10_000, 50_000];

    public static int Run(string[] args)
    {
        var arguments = Arguments.Parse(args);
        int logs = arguments.Int("logs", 500), threads = arguments.Int("threads", Environment.ProcessorCount);
        int only = arguments.Int("users", 0);
        double rateOnly = arguments.Double("rate", 0);
        ulong seed = (ulong)arguments.Int("seed", 1);
        int cells = 0, outside = 0, refused = 0, points = 0;
        Console.WriteLine($"{logs} logs a row; a kind of policy with three exchangeable ones counts them all");
        Console.WriteLine("clicks   users  tails  policy                        clicks  eff. clicks  eff. users  refused    IPS  SNIPS     DR");
        foreach (bool heavy in new[] { false, true })
        {
            foreach (int users in Users.Where(u => only == 0 || u == only))
            {
                foreach (double rate in Rates.Where(r => rateOnly == 0 || r == rateOnly))
                {
                    foreach (var row in CoverageRow.Of(new SimulatedShop(rate, users, heavy), logs, seed, threads))
                    {
                        Console.WriteLine(Text(row));
                        points += row.Points;
                        if (row.IsRefused) refused++;
                        for (int k = 0; k < CoverageRow.Estimators.Length && !row.IsRefused; k++)
                        {
                            cells++;
                            if (!row.Holds(k)) outside++;
                        }
                    }
                }
            }
        }
        Console.WriteLine(
            $"{cells} coverages of rows that are concluded from, {outside} outside of {CoverageRow.Least} to {CoverageRow.Most}; {refused} rows refused; "
            + $"{points} intervals that were a point");
        return outside + points > 0 ? 1 : 0;
    }

    private static string Text(CoverageRow row)
    {
        string Cell(int k) => $"{(row.IsRefused ? $"({row.Coverage(k):.000})" : $"{row.Coverage(k):.000}{(row.Holds(k) ? "" : "!")}"),7}";
        double Mean(double sum) => sum / row.Estimates;
        return $"{row.Shop.Rate,6}  {row.Shop.Users,6}  {(row.Shop.HeavyTails ? "heavy" : "light")}  {row.Kind,-27}  {Mean(row.Clicks),7:0.0}  "
            + $"{Mean(row.EffectiveClicks),11:0.0}  {Mean(row.EffectiveUsers),10:0}  {Mean(row.Refused),7:0%}  {Cell(0)}{Cell(1)}{Cell(2)}";
    }
}
