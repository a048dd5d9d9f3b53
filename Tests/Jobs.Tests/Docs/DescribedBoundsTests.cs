using System.Globalization;
using System.Text.RegularExpressions;
using Recsys.Batch.Jobs.Cli.Evaluation;
using Recsys.Batch.Jobs.Configuration;
using Recsys.Batch.Jobs.Host;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Jobs.Tests.Docs;

/// <summary>A value out of range is told the range: the option's description must have told it before.</summary>
[TestClass]
internal sealed class DescribedBoundsTests
{
    private static readonly string Whole = int.MaxValue.ToString(CultureInfo.InvariantCulture);

    [TestMethod]
    public void Description_has_every_bound_that_a_fault_names()
    {
        var missing = new List<string>();
        int faults = 0;
        foreach (var (key, description) in new ConfigurationReference().Keys.Where(k => IsNumber(k.Key)))
            foreach (string value in key.Type == typeof(double) ? ["-1e300", "1e300"] : new[] { "-2147483648", Whole })
                if (Fault(key.Path.Replace("NAME", "other", StringComparison.Ordinal).Replace(":N:", ":0:", StringComparison.Ordinal), value) is { } fault)
                {
                    faults++;
                    missing.AddRange(Bounds(fault).Where(b => !Has(description!, b)).Select(b => $"{key.Path}: {b}"));
                }

        Assert.IsGreaterThan(150, faults);
        Assert.IsEmpty(missing, "these bounds stand in no <summary>: " + string.Join(", ", missing.Distinct()));
    }

    private static bool IsNumber(OptionKey key) => key.Shape == OptionShape.One && (key.Type == typeof(int) || key.Type == typeof(double));

    private static string? Fault(string path, string value)
    {
        // Options of imported factors are looked at only where those serve.
        var root = new SettingsLayers().AddAssignments(["Train:Algorithm=imported", $"{path}={value}"]).Root;
        return Settings.Faults(root, new PipelineOptions(), null, new HostSections(), new EvalSections())
            .FirstOrDefault(f => f.StartsWith(path + " is ", StringComparison.Ordinal));
    }

    /// <summary>The numbers of what was expected; what stands in brackets there is a value of another option.</summary>
    private static IEnumerable<string> Bounds(string fault) =>
        Regex.Matches(Regex.Replace(fault[fault.IndexOf("; expected ", StringComparison.Ordinal)..], @"\([^)]*\)", ""), @"-?\d[\d.]*(E[+-]\d+)?")
            .Select(m => m.Value).Where(b => b != Whole);

    private static bool Has(string description, string bound)
    {
        double number = double.Parse(bound, CultureInfo.InvariantCulture);
        string written = Math.Abs(number) < 1 ? bound : number.ToString(number % 1 == 0 ? "N0" : "0.##", CultureInfo.InvariantCulture);
        return Regex.IsMatch(description, $@"(?<![\d.,]){Regex.Escape(written)}(?![\d]|[.,]\d)");
    }
}
