namespace Recsys.Batch.Pipeline.Train;

/// <summary>A model that weighs histories by their age when it scores, so that another decay needs no training.</summary>
internal interface IHistoryDecayed : ITrainedModel
{
    double HistoryDecay { get; }

    /// <summary>The same model with another decay; it shares what was trained, whose owner stays this one.</summary>
    /// <param name="decay">Above 0, at most 1.</param>
    ITrainedModel WithHistoryDecay(double decay);
}
