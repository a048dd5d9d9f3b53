namespace Recsys.Batch.Jobs;

/// <summary>
/// Trainers of packages that a build may be without. Folder Recommender, compiled where there is Microsoft.ML.Recommender, has the other half.
/// </summary>
internal static partial class OptionalTrainers
{
    /// <summary>Adds those of this build to the catalog, before anything asks for a trainer.</summary>
    public static void Register() => RegisterRecommender();

    static partial void RegisterRecommender();
}
