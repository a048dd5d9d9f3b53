using Recsys.Batch.Recommender;

namespace Recsys.Batch.Jobs;

internal static partial class OptionalTrainers
{
    static partial void RegisterRecommender() => RecommenderTrainers.Register();
}
