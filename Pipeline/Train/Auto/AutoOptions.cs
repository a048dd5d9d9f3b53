using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Train.Auto;

/// <summary>
/// Section <c>Train:Auto</c>: how <c>Train:Algorithm=auto</c> chooses. On the validation window, the one before the test window, it races the trainers, varies
/// the best of them, blends them where that wins, and says what serves; the rest of the night then trains that.
/// </summary>
internal sealed class AutoOptions : IStageOptions
{
    /// <summary>What <c>Train:Algorithm</c> says.</summary>
    public const string Name = "auto";

    /// <summary>
    /// Minutes of training that the race may take, 0 to 100,000; 0: the more of 10 and twice what ALS of rank 128 takes on this log. They are nominal, from
    /// a formula over users, items and pairs, so that no clock has a part in what is chosen; two cores of a server of 2025 keep to them.
    /// </summary>
    public double Minutes { get; set; }

    /// <summary>
    /// The trainers that race, by name, of those that an ensemble may have; empty is all that say what they cost. ML.NET's race where they are named.
    /// </summary>
    public IList<string> Algorithms { get; set; } = [];

    /// <summary>Length of the lists by whose NDCG is chosen, 1 to 1,000.</summary>
    public int Cutoff { get; set; } = 10;

    /// <summary>
    /// Windows that a figure is averaged over, 1 to 5: the validation window, and others of its length one behind the other before it (rolling origin). Each
    /// model is trained on what lies before each of them, and the budget counts it all. More than 1 needs times in the log.
    /// </summary>
    public int Cuts { get; set; } = 1;

    /// <summary>Users of the window who are measured at most, evenly spaced, 1 up.</summary>
    public int MaxUsers { get; set; } = 10_000;

    /// <summary>Trainers whose options are varied, the best first, 0 to 100.</summary>
    public int Varied { get; set; } = 3;

    /// <summary>Whether a weighted sum of several models may serve.</summary>
    public bool Blend { get; set; } = true;

    /// <summary>
    /// Share of the window's NDCG that room for items without events may cost, 0 to 1. Nobody could have bought what was not there yet, so a window says less
    /// of new items than they are worth.
    /// </summary>
    public double NewItemsCost { get; set; } = 0.02;

    /// <summary>Least users with something new to them in the window, 0 up. With fewer nothing is chosen, and <c>ials</c> serves as it is configured.</summary>
    public int MinUsers { get; set; } = 20;

    /// <summary>
    /// Whether what the last published night chose races first and serves on, unless another is ahead of it by more than a standard error over the same
    /// customers.
    /// </summary>
    public bool KeepChoice { get; set; } = true;

    public void Validate(OptionsCheck check)
    {
        check.InRange(Minutes, 0, 100_000)
            .InRange(Cutoff, 1, 1_000)
            .InRange(Cuts, 1, 5)
            .InRange(MaxUsers, 1, int.MaxValue)
            .InRange(Varied, 0, 100)
            .InRange(NewItemsCost, 0, 1)
            .InRange(MinUsers, 0, int.MaxValue);
        for (int i = 0; i < Algorithms.Count; i++)
        {
            check.Require(
                TrainerCatalog.MemberNames.Contains(Algorithms[i]), Algorithms[i], TrainerCatalog.Expected(Algorithms[i], TrainerCatalog.MemberNames),
                $"{nameof(Algorithms)}:{i}");
        }
    }
}
