using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Evaluate;

/// <summary>Section <c>Evaluate</c>: how lists are measured on held-out interactions, and when the figures stop a run.</summary>
internal sealed class EvaluateOptions : IStageOptions
{
    /// <summary>List lengths K at which lists are cut, ascending, 1 to 1,000 each. Gates look at the first.</summary>
    public int[] Cutoffs { get; set; } = [10, 20];

    /// <summary>
    /// Whether lists in which items of the user's history may stand are measured too, against all test pairs. False where repeats mean nothing, as for visited
    /// places.
    /// </summary>
    public bool AllPairs { get; set; } = true;

    /// <summary>Whether items without history are ranked among themselves too, where any test pair is on one.</summary>
    public bool ColdAmongCold { get; set; } = true;

    /// <summary>Whether users without history count. They get the segment's default list, so by default they do not.</summary>
    public bool UsersWithoutHistory { get; set; }

    /// <summary>
    /// Users measured at most, evenly spaced over all with test pairs, 1 up. Where fewer were measured than might have been, the report says so; its intervals
    /// are those of the sample.
    /// </summary>
    public int MaxUsers { get; set; } = 30_000;

    /// <summary>Users whose AUC is measured at most, evenly spaced, 0 up; 0 leaves AUC out.</summary>
    public int AucUsers { get; set; } = 2_000;

    /// <summary>Pairs of users whose lists are compared, 0 to 10,000,000; 0 leaves Jaccard and Dice out.</summary>
    public int OverlapPairs { get; set; } = 10_000;

    /// <summary>Bootstrap replicates behind an interval, 100 to 100,000.</summary>
    public int Replicates { get; set; } = 1_000;

    /// <summary>
    /// Name of the model whose NDCG the serving model's must reach: one of <c>Train:Baselines</c>, or the one that serves. Where another baseline is surely
    /// ahead, the gate warns.
    /// </summary>
    public string Baseline { get; set; } = "popularity";

    /// <summary>How far, as a share of it, the serving model's NDCG on new pairs may lie below the baseline's: 0 to 1.</summary>
    public double BaselineTolerance { get; set; } = 0.05;

    /// <summary>Drop of NDCG on new pairs against the last published version that is worth a warning, as a share: 0 to 1.</summary>
    public double PublishedDropWarn { get; set; } = 0.1;

    /// <summary>Drop of NDCG on new pairs against the last published version that stops the run, as a share: 0 to 1.</summary>
    public double PublishedDropFail { get; set; } = 0.3;

    /// <summary>Share of the items that must stand on some list, below which the run warns: 0 to 1.</summary>
    public double CoverageWarn { get; set; } = 0.02;

    /// <summary>Share of the items that must stand on some list, below which the run stops: 0 to 1.</summary>
    public double CoverageFail { get; set; }

    /// <summary>Items in a history at which the next band of activity begins, ascending, at most 5: accuracy is told by band.</summary>
    public int[] ActivityBounds { get; set; } = [5, 20];

    /// <summary>Shares of the lists' places that groups of items must get.</summary>
    public List<ExposureFloor> ExposureFloors { get; set; } = [];

    /// <summary>Users that a hold-out needs before its figures may stop a run, 0 up.</summary>
    public int MinUsers { get; set; } = 50;

    public void Validate(OptionsCheck check)
    {
        for (int n = 0; n < ExposureFloors.Count; n++) check.Nested(ExposureFloors[n], $"{nameof(ExposureFloors)}:{n}");
        check
            .Require(ActivityBounds.Length <= 5 && ActivityBounds.All(b => b >= 1) && ActivityBounds.SequenceEqual(ActivityBounds.Distinct().Order()),
                string.Join(", ", ActivityBounds), "at most 5 ascending whole numbers from 1", nameof(ActivityBounds))
            .Require(Cutoffs is { Length: > 0 } && Cutoffs.All(k => k is >= 1 and <= 1_000) && Cutoffs.SequenceEqual(Cutoffs.Distinct().Order()),
                Cutoffs is null ? null : string.Join(", ", Cutoffs), "one or more whole numbers from 1 to 1000, ascending", nameof(Cutoffs))
            .InRange(MaxUsers, 1, int.MaxValue)
            .InRange(AucUsers, 0, int.MaxValue)
            .InRange(OverlapPairs, 0, 10_000_000)
            .InRange(Replicates, 100, 100_000)
            .NotEmpty(Baseline, "the name of a model")
            .InRange(BaselineTolerance, 0, 1)
            .InRange(PublishedDropWarn, 0, 1)
            .InRange(PublishedDropFail, 0, 1)
            .InRange(CoverageWarn, 0, 1)
            .InRange(CoverageFail, 0, 1)
            .InRange(MinUsers, 0, int.MaxValue);
    }
}
