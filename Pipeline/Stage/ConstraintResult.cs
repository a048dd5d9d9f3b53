namespace Recsys.Batch.Pipeline.Stage;

internal enum ConstraintLevel
{
    Pass = 0,
    Warn = 1,
    Fail = 2,
}

/// <summary>One check of a gate, as the ledger keeps it.</summary>
/// <param name="Gate"><c>data</c>, <c>model</c> or <c>lists</c>.</param>
/// <param name="Name">Dotted name of the constraint, stable from night to night.</param>
/// <param name="Value">What was measured; NaN where there was nothing to measure.</param>
/// <param name="Expected">The bounds in words, both levels.</param>
internal sealed record ConstraintResult(string Gate, string Name, ConstraintLevel Level, double Value, string Expected, string Message);
