using System.Globalization;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Ingest.Quality;

/// <summary>Measures against bounds. A refusal names every constraint that failed with both values.</summary>
internal sealed class QualityGate
{
    /// <summary>The gate's name in <see cref="ConstraintResult.Gate"/>.</summary>
    public const string Name = "data";

    private readonly List<ConstraintResult> _results = [];

    internal IReadOnlyList<ConstraintResult> Results => _results;

    internal void Check(string name, double value, Bounds bounds, string meaning)
    {
        var level =
            value < bounds.FailBelow || value > bounds.FailAbove ? ConstraintLevel.Fail
            : value < bounds.WarnBelow || value > bounds.WarnAbove ? ConstraintLevel.Warn
            : ConstraintLevel.Pass;
        string expected = Words(bounds);
        string measured = double.IsNaN(value) ? "nothing to measure" : Number(value);
        _results.Add(new ConstraintResult(Name, name, level, value, expected, $"{meaning}: {measured}; expected {expected}"));
    }

    /// <summary>Throws where a constraint failed: the stage graph calls this before anything is published.</summary>
    public static void ThrowIfRefused(IReadOnlyList<ConstraintResult> results)
    {
        var failed = results.Where(r => r.Level == ConstraintLevel.Fail).ToList();
        if (failed.Count > 0) throw new GateRefusedException(failed[0].Gate, Refusal(failed));
    }

    /// <summary>The message of a refusal: gate, constraint, value found and value expected, one constraint a line.</summary>
    public static string Refusal(IReadOnlyList<ConstraintResult> failed) =>
        $"the {failed[0].Gate} gate refused: " + string.Join(Environment.NewLine, failed.Select(r => $"{r.Name}: {r.Message}"))
        + Environment.NewLine + "nothing was published; look at the input, or move the bound under Ingest:Quality";

    private static string Words(Bounds b)
    {
        var words = new List<string>();
        if (b.WarnBelow is { } wb) words.Add($"at least {Number(wb)} (warn)");
        if (b.FailBelow is { } fb) words.Add($"at least {Number(fb)} (fail)");
        if (b.WarnAbove is { } wa) words.Add($"at most {Number(wa)} (warn)");
        if (b.FailAbove is { } fa) words.Add($"at most {Number(fa)} (fail)");
        return words.Count == 0 ? "anything" : string.Join(", ", words);
    }

    private static string Number(double value) => value.ToString(Math.Abs(value) >= 1000 ? "N0" : "0.####", CultureInfo.InvariantCulture);
}
