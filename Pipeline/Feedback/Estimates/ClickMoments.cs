namespace Recsys.Batch.Pipeline.Feedback.Estimates;

/// <summary>
/// What clicks would add to an estimate's error if each list were clicked as often as a model expects: where few clicks were seen, the lists that weigh most
/// are seldom among those that were clicked, and the clicks alone make the error too small.
/// </summary>
/// <param name="Unit">What one more click would add to the sum, were it as likely on any list.</param>
/// <param name="Second">Sum over lists of expected clicks times the square of what a click adds.</param>
/// <param name="Third">The same of the third power.</param>
/// <param name="Effective">Effective clicks (<see cref="ClusteredMean.EffectiveClicks"/>) that were seen.</param>
internal readonly record struct ClickMoments(double Unit, double Second, double Third, double Effective);

/// <summary>Gathers <see cref="ClickMoments"/> list by list.</summary>
internal struct ClickMomentsBuilder
{
    private double _weights, _squares, _second, _third;

    /// <param name="weight">What a click on the list adds.</param>
    /// <param name="expected">Clicks that the list is expected to bring.</param>
    public void Add(double weight, double expected)
    {
        _weights += weight;
        _squares += weight * weight;
        _second += weight * weight * expected;
        _third += weight * weight * weight * expected;
    }

    public readonly ClickMomentsBuilder With(ClickMomentsBuilder other) => new()
    {
        _weights = _weights + other._weights,
        _squares = _squares + other._squares,
        _second = _second + other._second,
        _third = _third + other._third,
    };

    public readonly ClickMoments Of(double effectiveClicks) => new(_weights > 0 ? _squares / _weights : 0, _second, _third, effectiveClicks);
}
