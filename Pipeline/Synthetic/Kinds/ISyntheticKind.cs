namespace Recsys.Batch.Pipeline.Synthetic.Kinds;

/// <summary>One row of a log.</summary>
/// <param name="Time">Microseconds since 1970-01-01T00:00Z.</param>
/// <param name="Rating">1 to 5; 0 where the log has no ratings.</param>
internal readonly record struct KindEvent(int User, int Item, int Rating, long Time);

/// <summary>How the log of a kind comes about. A user's history is a function of the parameters and the user alone.</summary>
internal interface ISyntheticKind
{
    /// <summary>Fills in a user's events, ascending in time; there are as many as the span is long.</summary>
    void History(int user, Span<KindEvent> events);

    /// <summary>The item's category, as <c>A > B</c>.</summary>
    string Category(int item);
}
