using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train.Auto;

namespace Recsys.Batch.Pipeline.Train.Linear;

/// <summary>Section <c>Train:Popularity</c>: the same scores for everybody, by how many interact with an item.</summary>
internal sealed class PopularityOptions : ITrainerOptions
{
    /// <summary>
    /// Days after which a pair counts half, from the log's last event on, 0 to 36,500; 0: no decay beyond the one that ingest applied. Needs times in the
    /// log.
    /// </summary>
    public double HalfLifeDays { get; set; }

    /// <summary>Whether a pair counts its weight; false: 1; empty: where the configuration states weights of events.</summary>
    public bool? Weighted { get; set; }

    TrainerDefinition ITrainerOptions.Definition => new(PopularityTrainer.Name, () => new PopularityTrainer(this), PopularityModel.Load)
    {
        Race = new RaceEntry(size => 1e-8 * size.Pairs),
    };

    public void Validate(OptionsCheck check) => check.InRange(HalfLifeDays, 0, 36_500);
}
