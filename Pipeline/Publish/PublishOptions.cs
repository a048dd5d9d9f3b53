using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Storage;

namespace Recsys.Batch.Pipeline.Publish;

/// <summary>Section <c>Publish</c>: where lists go and how many nights of them stay.</summary>
internal sealed class PublishOptions : IStageOptions
{
    /// <summary>Output folder: <c>recsys.db</c> (with SQLite), <c>versions/</c>, <c>current</c> and <c>runs/</c> lie in it.</summary>
    public string Path { get; set; } = "out";

    /// <summary>The database that holds the output tables and the ledger.</summary>
    public OutputEngine Store { get; set; } = OutputEngine.Sqlite;

    /// <summary>
    /// PostgreSQL only: <c>env:NAME</c> (environment variable) or <c>file:PATH</c> that holds the connection string, or the string itself,
    /// <c>Host=...;Database=...;Username=...</c>. A secret: it is part of no hash, no ledger row and no message.
    /// </summary>
    public string? Connection { get; set; }

    /// <summary>PostgreSQL only: the schema that holds the tables, 1 to 63 letters; made where there is none and rights allow it.</summary>
    public string Schema { get; set; } = "recsys";

    /// <summary>Nights' versions kept for rollback, 1 to 1,000, the current one among them; and as many of the deltas since the last night.</summary>
    public int KeepVersions { get; set; } = 7;

    /// <summary>
    /// Days, 0 to 365, for which a version whose lists were drawn (<c>Diversify:Explore:Enabled</c>) or that has a control group
    /// (<c>Experiment:ControlShare</c>) stays after another took its place, however many there are: as long as impressions and purchases of it may come in for
    /// jobs <c>feedback</c> and <c>experiment</c>, which join them to the version's files.
    /// </summary>
    public double KeepDays { get; set; } = 7;

    internal TimeSpan FeedbackTime => TimeSpan.FromDays(KeepDays);

    /// <summary>Rows a Parquet file of a version holds, 1,000 to 100,000,000; a file ends with the user that fills it.</summary>
    public int RowsPerFile { get; set; } = 2_000_000;

    public void Validate(OptionsCheck check)
    {
        check.NotEmpty(Path, "a folder").InRange(KeepVersions, 1, 1000).InRange(KeepDays, 0, 365).InRange(RowsPerFile, 1_000, 100_000_000);
        if (Store != OutputEngine.PostgreSql) return;
        check
            .Require(
                !string.IsNullOrWhiteSpace(Connection), null, "env:NAME, file:PATH or a connection string, because Publish:Store is PostgreSql",
                nameof(Connection))
            .Require(Schema.Length is > 0 and <= 63 && !Schema.Contains('\0', StringComparison.Ordinal), Schema, "a schema's name of 1 to 63 letters");
    }
}
