using System.Runtime.CompilerServices;
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

    /// <param name="detail">Where most of it comes from, for a value that is out of bounds; null where nothing more is known.</param>
    /// <param name="few">The value is of so few rows that it stops nothing: at worst it is a warning.</param>
    /// <param name="key">The bounds as the caller writes them: <c>q.NullShare</c> is the key Ingest:Quality:NullShare.</param>
    internal void Check(
        string name, double value, Bounds bounds, string meaning, Func<string>? detail = null, bool few = false,
        [CallerArgumentExpression(nameof(bounds))] string key = "")
    {
        var level = bounds.LevelOf(value);
        if (few && level == ConstraintLevel.Fail) level = ConstraintLevel.Warn;
        string expected = bounds.ToWords();
        string measured = double.IsNaN(value) ? "nothing to measure" : Bounds.Number(value);
        string where = level == ConstraintLevel.Pass ? "" : detail?.Invoke() is { Length: > 0 } more ? $"; {more}" : "";
        string wayOut = level == ConstraintLevel.Pass || !key.StartsWith("q.", StringComparison.Ordinal)
            ? ""
            : $"; Ingest:Quality:{key[2..]} sets these bounds";
        _results.Add(new ConstraintResult(Name, name, level, value, expected, $"{meaning}: {measured}; expected {expected}{where}{wayOut}"));
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
        + Environment.NewLine
        + "nothing was published; mend the input, or, where it is meant to be so, move the bound under the key that the line names (under Ingest:Quality)";
}
