using System.Collections.Immutable;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train.Auto;
using Recsys.Batch.Pipeline.Train.Tune;

namespace Recsys.Batch.Pipeline.Train;

/// <summary>One trainer as the rest of the program knows it. docs/add-a-trainer.md shows a whole one.</summary>
/// <param name="Name">What <c>Train:Algorithm</c> says, and the name under which artifacts keep the model.</param>
/// <param name="Create">Makes the trainer with these options; null where another assembly registers it (<see cref="TrainerCatalog.Register"/>).</param>
/// <param name="Load">Reads the sections that the model's <see cref="ITrainedModel.Save"/> wrote under a name.</param>
internal sealed record TrainerDefinition(string Name, Func<ITrainer>? Create, Func<ArtifactReader, string, ITrainedModel> Load)
{
    /// <summary>What is worth varying, by key below the trainer's section; empty where there is nothing.</summary>
    public IReadOnlyDictionary<string, TuneRange> SearchSpace { get; init; } = ImmutableDictionary<string, TuneRange>.Empty;

    /// <summary>How it takes part where <c>Train:Algorithm</c> is <c>auto</c>; null where it races only by name and with its configured options.</summary>
    public RaceEntry? Race { get; init; }
}

/// <summary>Options of one trainer, which say which trainer that is.</summary>
internal interface ITrainerOptions : IStageOptions
{
    TrainerDefinition Definition { get; }
}
