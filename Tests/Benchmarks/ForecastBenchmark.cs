using Recsys.Batch.Benchmarks.Places;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Forecast;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Benchmarks;

/// <summary>
/// How well sales are foretold: <c>forecast [--look validation|test] [--days 7,14,28] [--windows 4] [--config FILE [--data DIR] [--levels N]]</c>, over the
/// shipped log or another, by item or by category (<see cref="ShippedLog"/>). The newest stretch is foretold by what the ones before it choose;
/// <c>validation</c> ends where the test window begins, 2011-10-01 in the shipped log (<c>--until yyyy-MM-dd</c> for others).
/// </summary>
internal static class ForecastBenchmark
{
    public static int Run(string[] args)
    {
        var arguments = Arguments.Parse(args);
        var inputs = ShippedLog.Read(arguments);
        var (log, items) = (inputs.Purchases, inputs.Items);
        bool isTest = arguments.Text("look", "validation") == "test";
        var until = DateTimeOffset.Parse(arguments.Text("until", "2011-10-01") + "T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture);
        if (!isTest) log = log.Before((uint)until.ToUnixTimeSeconds());
        Console.WriteLine($"purchases up to {DateTimeOffset.FromUnixTimeSeconds(log.Last):yyyy-MM-dd}, {(isTest ? "test" : "validation")}");
        Console.WriteLine("days  windows  items   MASE  of the week before  error beside it  coverage of 90%  methods");
        foreach (int days in arguments.Ints("days", [7, 14, 28]))
        {
            var options = new ForecastOptions { Enabled = true, Days = days, Windows = arguments.Int("windows", 4) };
            string file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".parquet");
            var report = new ForecastStage(options).Run(
                log, items, () => ParquetFiles.Writer().Create(file, PlaceTables.ItemForecast.Columns), StageContext.Quiet(Environment.ProcessorCount, 1));
            File.Delete(file);
            if (report is null)
            {
                Console.WriteLine($"{days,4}  no item is old enough");
                continue;
            }
            Console.WriteLine(
                $"{days,4} {options.Windows,8} {report.Items,6} {report.Mase,6:0.000} {report.NaiveMase,19:0.000} {report.RelativeError,16:0.000} "
                + $"{report.Coverage,16:0.0%}  {string.Join(", ", report.Methods.Select(m => $"{m.Key} {m.Value}"))}");
        }
        return 0;
    }
}
