using Recsys.Batch.Benchmarks.TimeToQuality;

namespace Recsys.Batch.Benchmarks.Comparisons;

/// <summary>
/// <c>compare [--only training,retrieval,...] [--data FILE --test FILE] [--python python3] [--run FOLDER] [--night CONFIG] [--large CONFIG]
/// [--large-out FOLDER] [--keep FOLDER]</c>: ours beside peers, one row after the other, each pair in one run, as a table with what is asked. What a row
/// needs and is not given is said, and the row left as it was measured last: rows are kept in a file of the processor's kind under <c>--keep</c>
/// (Tests/Benchmarks/Results). <c>--only none</c> prints that file. With <c>--large-out</c> the large night, which takes long, is read from an output folder
/// in which it ran before.
/// </summary>
internal static class CompareBenchmark
{
    /// <summary>Names of rows, what each needs, and what measures them.</summary>
    private static readonly (string Name, string[] Needs, Func<Arguments, IReadOnlyList<Comparison>> Measure)[] s_rows =
    [
        ("ingest", [], IngestBenchmark.Compare),
        ("training", ["data", "test"], TimeToQualityBenchmark.Compare),
        ("retrieval", ["data", "test"], RetrieveTrainedBenchmark.Compare),
        ("products", [], RetrieveBenchmark.Compare),
        ("hybrid", ["run"], RetrieveRunBenchmark.Compare),
        ("night", ["night"], given => NightCost.Of(given.Text("night")).Beside(seconds: 240, gibibytes: 4)),
        ("large", ["large"], given => NightCost.Of(given.Text("large"), given.Optional("large-out")).Beside(seconds: 900, gibibytes: 12)),
    ];

    public static int Run(string[] args)
    {
        var given = Arguments.Parse(args);
        var file = ComparisonFile.In(given.Text("keep", ComparisonFile.Kept));
        string[] only = given.Text("only", string.Join(',', s_rows.Select(r => r.Name))).Split(',');
        if (only.Except([.. s_rows.Select(r => r.Name), "none"]).FirstOrDefault() is { } unknown)
        {
            Console.Error.WriteLine($"--only names {unknown}; expected some of {string.Join(", ", s_rows.Select(r => r.Name))}, or none");
            return 2;
        }
        foreach (var (name, needs, measure) in s_rows.Where(r => only.Contains(r.Name, StringComparer.Ordinal)))
        {
            string[] missing = [.. needs.Where(n => given.Optional(n) is null)];
            if (missing.Length > 0)
            {
                Console.WriteLine($"{name}: not measured, --{string.Join(" and --", missing)} is not given");
                continue;
            }
            Console.WriteLine($"{name}:");
            file.Add(measure(given));
        }
        Console.WriteLine();
        ComparisonTable.Print(file.Read());
        Console.WriteLine();
        Console.WriteLine($"kept in {file.File}");
        return 0;
    }
}
