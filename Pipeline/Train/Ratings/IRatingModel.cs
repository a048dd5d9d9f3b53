namespace Recsys.Batch.Pipeline.Train.Ratings;

/// <summary>A model whose scores are the ratings that it expects, on the log's own scale, so that its error can be measured in stars.</summary>
internal interface IRatingModel : ITrainedModel
{
}
