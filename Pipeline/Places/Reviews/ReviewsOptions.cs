using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Places.Reviews;

/// <summary>
/// Section <c>Places:Reviews</c>: the table of reviews, and what <c>item_reviews</c>, the lists of what is well rated and the ranker take from it.
/// </summary>
internal sealed class ReviewsOptions : IStageOptions
{
    /// <summary>A Parquet file, a folder or a glob of reviews; empty: there is no <c>item_reviews</c>.</summary>
    public string? Path { get; set; }

    public ReviewColumns Columns { get; set; } = new();

    /// <summary>What a plain number in the column <see cref="ReviewColumns.Time"/> counts since 1970-01-01.</summary>
    public TimestampUnit EpochUnit { get; set; } = TimestampUnit.Seconds;

    /// <summary>Ratings from here on are positive, -1,000 to 1,000; above <see cref="NegativeTo"/>. Those between say neither.</summary>
    public double PositiveFrom { get; set; } = 4;

    /// <summary>Ratings up to here are negative, -1,000 to 1,000.</summary>
    public double NegativeTo { get; set; } = 2;

    /// <summary>Reviews, 1 to 1,000,000, that may have one text of twenty letters or more; where there are more, none of them counts.</summary>
    public int MaxSameText { get; set; } = 3;

    /// <summary>Reviews, 1 to 1,000,000, that one author may write within 24 hours; where there are more, none of them counts.</summary>
    public int MaxAuthorDay { get; set; } = 20;

    /// <summary>Rated reviews, 500 to 1,000,000, that the classifier learns from at most and is tested on: the newest.</summary>
    public int MaxTraining { get; set; } = 20_000;

    /// <summary>Reviews at the mean of all that stand beside an item's own, 0 to 1,000.</summary>
    public double PriorReviews { get; set; } = 5;

    public void Validate(OptionsCheck check)
    {
        check
            .InRange(PositiveFrom, -1_000, 1_000)
            .InRange(NegativeTo, -1_000, 1_000)
            .Require(NegativeTo < PositiveFrom, NegativeTo, FormattableString.Invariant($"a number below PositiveFrom ({PositiveFrom})"))
            .InRange(MaxSameText, 1, 1_000_000)
            .InRange(MaxAuthorDay, 1, 1_000_000)
            .InRange(MaxTraining, 500, 1_000_000)
            .InRange(PriorReviews, 0, 1_000);
        if (string.IsNullOrEmpty(Path)) return;
        check
            .NotEmpty(Columns.Item, "the column of the item's id, as the logs write it", "Columns:Item")
            .NotEmpty(Columns.Author, "the column of the author's id, by which users are forgotten", "Columns:Author")
            .Require(Columns.Rating is not null || Columns.Text is not null, Columns.Text, "a column of the text, or one of the rating", "Columns:Text");
    }
}

/// <summary>Names of the columns of the table of reviews.</summary>
internal sealed class ReviewColumns
{
    /// <summary>Column of the item's id, as the event logs write it. Needed.</summary>
    public string? Item { get; set; }

    /// <summary>
    /// Column of the author's id, as the event logs write their users'. Needed: who was forgotten, and who writes many times, is known by it. A row may have
    /// none.
    /// </summary>
    public string? Author { get; set; }

    /// <summary>
    /// Column of the time: a timestamp, a number since 1970 or ISO 8601 text. Empty: nobody is found to write many reviews within a day, and the ranker does
    /// not hear of reviews.
    /// </summary>
    public string? Time { get; set; }

    /// <summary>Column of the rating, a number. A row may have none.</summary>
    public string? Rating { get; set; }

    /// <summary>Column of what was written: text. A row may have none.</summary>
    public string? Text { get; set; }
}
