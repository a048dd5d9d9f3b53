namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>Names of the night's stages, as jobs, folders and the ledger have them.</summary>
internal static class StageNames
{
    public const string Ingest = "ingest";

    public const string Embed = "embed";

    public const string Reviews = "reviews";

    public const string Tune = "tune";

    public const string TuneEncoder = "tune-encoder";

    public const string Train = "train";

    public const string Rank = "rank";

    public const string Evaluate = "evaluate";

    public const string Sweep = "sweep";

    public const string Neighbors = "neighbors";

    public const string Places = "places";

    public const string Forecast = "forecast";

    public const string Materialize = "materialize";

    public const string Publish = "publish";

    public const string Feedback = "feedback";

    public const string Experiment = "experiment";

    /// <summary>No part of a night: takes users out of all that is kept.</summary>
    public const string Forget = "forget";

    /// <summary>
    /// All stages, in order; reviews and forecast run where they are asked for, tune, tune-encoder, sweep, feedback and experiment run on demand alone.
    /// </summary>
    public static IReadOnlyList<string> All { get; } =
    [
        Ingest, Embed, Reviews, Tune, TuneEncoder, Train, Rank, Evaluate, Sweep, Neighbors, Places, Forecast, Materialize, Publish, Feedback, Experiment,
    ];
}
