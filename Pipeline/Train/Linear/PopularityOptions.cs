using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train.Auto;

namespace Recsys.Batch.Pipeline.Train.Linear;

/// <summary>Section <c>Train:Popularity</c>: the same scores for everybody, or for a segment, by how many interact with an item.</summary>
internal sealed class PopularityOptions : ITrainerOptions
{
    /// <summary>
    /// Days after which a pair counts half, from the log's last event on, 0 to 36,500; 0: no decay beyond the one that ingest applied. Needs times in the
    /// log.
    /// </summary>
    public double HalfLifeDays { get; set; }

    /// <summary>Whether a pair counts its weight; false: 1; empty: where the configuration states weights of events.</summary>
    public bool? Weighted { get; set; }

    /// <summary>
    /// Column of the user table (<c>Ingest:Users</c>: its segment's, or one of its attributes') whose values have a list each; empty: one list for everybody.
    /// Users of whom it is not known, and those of the smallest of more than 200 segments, get the shop's list.
    /// </summary>
    public string Segment { get; set; } = "";

    /// <summary>
    /// k: how much the whole shop counts in a segment's list, in pairs, 0 to 1,000,000,000. The score of item i in segment g is
    /// <c>(c_gi + k c_i / C) / (C_g + k)</c> of the decayed counts c and their sums C: the segment's share of its purchases where it has many, the shop's where
    /// it has few.
    /// </summary>
    public double SegmentPrior { get; set; } = 1000;

    TrainerDefinition ITrainerOptions.Definition => new(PopularityTrainer.Name, () => new PopularityTrainer(this), PopularityModel.Load)
    {
        Race = new RaceEntry(size => 1e-8 * size.Pairs),
    };

    public void Validate(OptionsCheck check) => check.InRange(HalfLifeDays, 0, 36_500).InRange(SegmentPrior, 0, 1e9);
}
