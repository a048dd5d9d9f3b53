using System.Diagnostics;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Parquet.DuckDb;
using Recsys.Batch.Pipeline.Stage;

var reader = new DuckDbParquetReader();
var writer = ParquetEngines.Writer();
var sw = Stopwatch.StartNew();
var options = new IngestOptions();
string what = args[0]; if (what == "look") { Look.At(args[1]); return; }
if (what == "or")
{
    options.Events.Add(new EventSourceOptions
    {
        Path = args[1],
        Columns = new() { User = "customer_id", Item = "stock_code", Time = "invoice_date", Quantity = "quantity", Price = "unit_price", Text = "description", Group = "invoice_no" },
        ReturnGroupPrefix = "C",
    });
    options.NonProducts.AddRange(["(?i)^(POST|D|DOT|M|S|B|C2|CRUK|PADS|BANK CHARGES|AMAZONFEE|DCGSSBOY|DCGSSGIRL|gift_.*|TEST.*|ADJUST.*)$"]);
    options.HoldOut.Cut = "2011-10-01";
    options.HoldOut.ValidationCut = "2011-09-01";
}
else if (what == "syn")
{
    options.Events.Add(new EventSourceOptions { Path = args[1], Columns = new() { User = "user_id", Item = "item_id", Time = "timestamp" } });
    for (int i = 3; i < args.Length; i++) { var kv = args[i].Split('='); typeof(EventColumns).GetProperty(kv[0])!.SetValue(options.Events[0].Columns, kv[1] == "" ? null : kv[1]); }
}
Console.WriteLine($"start");
var stage = new IngestStage(reader, writer);
var r = stage.Run(new(), options, args[2], StageContext.Quiet(2) with { Progress = new P(sw) });
Console.WriteLine($"{sw.Elapsed.TotalSeconds:F2} s, peak {Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MB, pairs {r.Interactions.Count}");
sealed class P(Stopwatch sw) : IStageProgress
{
    public void Step(string step, long done, long total, string unit) { if (done == 0 || done == total || done % 4_000_000 < 1_100_000) Console.WriteLine($"{sw.Elapsed.TotalSeconds:F2} cpu {Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds:F2} {step} {done}/{total} {unit}"); }
    public void Metric(string name, double value) { }
    public void Note(string message) => Console.WriteLine(message);
}
