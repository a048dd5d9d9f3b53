using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Rank;

/// <summary>
/// Section <c>Rank</c>: a second stage between the model's candidates and the list. It learns from the validation window, from candidates of the model as it
/// was before that window, which of them were bought, or clicked where they were shown.
/// </summary>
internal sealed class RankOptions : IStageOptions
{
    /// <summary>Names of <see cref="Algorithm"/>.</summary>
    public const string None = "none", Auto = "auto";

    /// <summary>Candidates of all users together; their features have to fit into one array.</summary>
    private const int MaxRows = 10_000_000;

    private string _algorithm = Auto;

    /// <summary>
    /// <c>none</c> (the model's order), <c>logistic</c> (ML.NET's logistic regression over the features), <c>lightgbm</c> (ML.NET's LightGBM with LambdaRank,
    /// which needs the system's libgomp1), or <c>auto</c>: logistic where its NDCG on users, and on a later part of the window, that it did not learn from is
    /// surely above that of the model's order, none elsewhere.
    /// </summary>
    public string Algorithm
    {
        get => _algorithm;
        set => _algorithm = value.ToLowerInvariant();
    }

    /// <summary>
    /// What the order is learned from: <c>Purchases</c>, candidates that were bought in the validation window, or <c>Clicks</c>, candidates that the logs of
    /// <c>Feedback:Logs</c> show in that window, by inverse propensity of their places. It needs logs with <c>Columns:Rank</c> and <c>Columns:Time</c> that
    /// reach back to the window; with <see cref="Algorithm"/> <c>auto</c> it serves where it is surely ahead of the model's order on later purchases.
    /// </summary>
    public RankLabel Learn { get; set; } = RankLabel.Purchases;

    /// <summary>
    /// What the order is for: <c>Purchases</c>, or <c>Revenue</c>, the chance of a purchase times the price, which needs a ranker and prices, or <c>Margin</c>,
    /// the same with <c>Ingest:Items:Columns:Margin</c> for the price. With <see cref="Algorithm"/> <c>auto</c> it serves where it surely earns more on the
    /// validation window than the order for purchases.
    /// </summary>
    public RankObjective Objective { get; set; } = RankObjective.Purchases;

    /// <summary>
    /// How much the price, or the margin, counts, above 0 to 1: candidates stand in the order of chance times price to this power. 1 is expected revenue
    /// itself, which costs many hits; the less, the fewer. What stands first looks better than it is, so less than 1 may earn as much (docs/ranking.md).
    /// </summary>
    public double PriceWeight { get; set; } = 0.5;

    /// <summary>Candidates a user that are learned from and ranked, the best first, 2 to 10,000; the others follow in the model's order.</summary>
    public int Candidates { get; set; } = 100;

    /// <summary>Users of the window who are learned from at most, evenly spaced, 1 up; 10,000,000 candidates of all users together.</summary>
    public int MaxUsers { get; set; } = 6_000;

    /// <summary>Least users with something new to them in the window, 0 up. With fewer nothing is learned.</summary>
    public int MinUsers { get; set; } = 200;

    /// <summary>Weight of half the squared weights in the loss of a candidate, 0 up: the more, the less it follows what may be chance.</summary>
    public double L2 { get; set; } = 0.01;

    /// <summary>Length of the lists by whose NDCG <c>auto</c> decides, 1 to 1,000.</summary>
    public int Cutoff { get; set; } = 10;

    /// <summary>Whether the feedback logs are learned from.</summary>
    internal bool LearnsFromClicks => Learn == RankLabel.Clicks && Algorithm != None;

    public void Validate(OptionsCheck check) => check
        .Require(
            Algorithm is None or Auto or LogisticTraining.Name or LightGbmTraining.Name, Algorithm,
            $"{Auto}, {None}, {LogisticTraining.Name} or {LightGbmTraining.Name}")
        .Require(Enum.IsDefined(Objective), Objective, "Purchases, Revenue or Margin")
        .Require(
            Objective == RankObjective.Purchases || Algorithm != None, Objective,
            $"Purchases, since Rank:Algorithm is {None} and gives no chances; or Rank:Algorithm={Auto}, {LogisticTraining.Name} or {LightGbmTraining.Name}")
        .Require(Enum.IsDefined(Learn), Learn, "Purchases or Clicks")
        .Require(
            Learn == RankLabel.Purchases || Algorithm != LightGbmTraining.Name, Learn,
            $"Purchases, since Rank:Algorithm is {Algorithm}; or Rank:Algorithm={Auto} or {LogisticTraining.Name}, which learn from clicks")
        .Require(
            Learn == RankLabel.Purchases || Objective == RankObjective.Purchases, Learn,
            $"Purchases, since Rank:Objective is {Objective}, which needs chances of purchases")
        .Require(PriceWeight is > 0 and <= 1, PriceWeight, "a number above 0, at most 1")
        .InRange(Candidates, 2, 10_000)
        .Require(
            MaxUsers >= 1 && (long)MaxUsers * Candidates <= MaxRows, MaxUsers,
            $"a whole number from 1, at most {MaxRows} divided by Rank:Candidates")
        .InRange(MinUsers, 0, int.MaxValue)
        .Require(L2 >= 0 && double.IsFinite(L2), L2, "a number from 0 up")
        .InRange(Cutoff, 1, 1_000);
}
