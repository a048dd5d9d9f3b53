using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Places.QueryResults;

/// <summary>Section <c>Places:QueryResults</c>: the log of searches, and what <c>query_results</c> holds.</summary>
internal sealed class QueryResultsOptions : IStageOptions
{
    /// <summary>A Parquet file, a folder or a glob of searches; empty: there is no <c>query_results</c>.</summary>
    public string? Path { get; set; }

    public QueryColumns Columns { get; set; } = new();

    /// <summary>What a plain number in the column <see cref="QueryColumns.Time"/> counts since 1970-01-01.</summary>
    public TimestampUnit EpochUnit { get; set; } = TimestampUnit.Seconds;

    /// <summary>Items a query, 1 to 1,000; 0 makes none.</summary>
    public int Count { get; set; } = 20;

    /// <summary>Items a query from which they are chosen, 1 to 10,000: at least <see cref="Count"/>.</summary>
    public int Candidates { get; set; } = 100;

    /// <summary>Queries, 1 to 1,000,000: those that were asked most.</summary>
    public int MaxQueries { get; set; } = 10_000;

    /// <summary>
    /// Customers, 1 to 1,000,000, who must have asked a query: one of fewer may say who they are. <c>Privacy:MinCustomers</c> holds where it is more.
    /// </summary>
    public int MinCustomers { get; set; } = 3;

    /// <summary>Hours, above 0 to 8,760, after a search within which a purchase has to do with it.</summary>
    public double WindowHours { get; set; } = 24;

    /// <summary>Purchases after a query, above 0 to 1,000,000, as whose worth its text counts.</summary>
    public double PriorPurchases { get; set; } = 100;

    /// <summary>Weight of the cosine of texts beside BM25, 0 to 10. It changes nothing where no text is embedded.</summary>
    public double TextWeight { get; set; } = 0.5;

    /// <summary>How much an item's customers say beside the text, 0 to 2.</summary>
    public double PopularityWeight { get; set; } = 0.75;

    public void Validate(OptionsCheck check)
    {
        check
            .InRange(Count, 0, 1_000)
            .Require(Candidates >= Math.Max(1, Count) && Candidates <= 10_000, Candidates, $"a whole number from Count ({Count}) to 10000")
            .InRange(MaxQueries, 1, 1_000_000)
            .InRange(MinCustomers, 1, 1_000_000)
            .Require(WindowHours is > 0 and <= 8_760, WindowHours, "a number above 0, to 8760")
            .Require(PriorPurchases is > 0 and <= 1_000_000, PriorPurchases, "a number above 0, to 1000000")
            .InRange(TextWeight, 0, 10)
            .InRange(PopularityWeight, 0, 2);
        if (string.IsNullOrEmpty(Path)) return;
        check
            .NotEmpty(Columns.User, "the column of the customer's id, as the logs write it", "Columns:User")
            .NotEmpty(Columns.Query, "the column of what was typed", "Columns:Query")
            .NotEmpty(Columns.Time, "the column of the time", "Columns:Time");
    }
}

/// <summary>Names of the query log's columns.</summary>
internal sealed class QueryColumns
{
    /// <summary>Column of the customer's id, or of whatever else the event logs know their users by. Needed.</summary>
    public string? User { get; set; }

    /// <summary>Column of what was typed: text. Needed.</summary>
    public string? Query { get; set; }

    /// <summary>Column of the time: a timestamp, a number since 1970 or ISO 8601 text. Needed.</summary>
    public string? Time { get; set; }
}
