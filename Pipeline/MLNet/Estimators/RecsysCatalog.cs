using Microsoft.ML;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Train.Als;
using Recsys.Batch.Pipeline.Train.Linear;

namespace Recsys.Batch.Pipeline.MLNet.Estimators;

/// <summary>Trainers of this project for an ML.NET pipeline. Each fits a <see cref="RecommenderTransformer"/>, which <c>ml.Model.Save</c> keeps.</summary>
public sealed class RecsysCatalog
{
    private readonly MLContext _ml;

    internal RecsysCatalog(MLContext ml) => _ml = ml;

    /// <summary>
    /// Implicit ALS: learns from who took what, pairs without a row counting as weak evidence against (Hu, Koren and Volinsky 2008; Rendle et al. 2021).
    /// </summary>
    /// <exception cref="ConfigurationException">An option is out of its range.</exception>
    public RecommenderEstimator ImplicitAls(ImplicitAlsOptions options) => new(_ml, options, options.Als, new AlsTrainer(options.Als));

    /// <param name="labelColumnName">How much the user took of the item; <see cref="float"/>, positive.</param>
    /// <param name="matrixColumnIndexColumnName">Keys of items.</param>
    /// <param name="matrixRowIndexColumnName">Keys of users.</param>
    /// <param name="approximationRank">Factors of a user or item.</param>
    /// <param name="numberOfIterations">Passes over users and items.</param>
    /// <exception cref="ConfigurationException">An option is out of its range.</exception>
    public RecommenderEstimator ImplicitAls(
        string labelColumnName,
        string matrixColumnIndexColumnName,
        string matrixRowIndexColumnName,
        int approximationRank = 64,
        int numberOfIterations = 16) => ImplicitAls(new ImplicitAlsOptions
        {
            LabelColumnName = labelColumnName,
            MatrixColumnIndexColumnName = matrixColumnIndexColumnName,
            MatrixRowIndexColumnName = matrixRowIndexColumnName,
            Als = new AlsOptions { Rank = approximationRank, Iterations = numberOfIterations },
        });

    /// <summary>EASE: a linear item-item model in closed form (Steck 2019); memory of 4 x items^2 bytes.</summary>
    /// <exception cref="ConfigurationException">An option is out of its range.</exception>
    public RecommenderEstimator Ease(EaseRecommenderOptions options) => new(_ml, options, options.Ease, new EaseTrainer(options.Ease));

    /// <param name="labelColumnName">How much the user took of the item; <see cref="float"/>, positive.</param>
    /// <param name="matrixColumnIndexColumnName">Keys of items.</param>
    /// <param name="matrixRowIndexColumnName">Keys of users.</param>
    /// <param name="regularization">Above 0; 10 to 1,000 is usual.</param>
    /// <exception cref="ConfigurationException">An option is out of its range.</exception>
    public RecommenderEstimator Ease(
        string labelColumnName,
        string matrixColumnIndexColumnName,
        string matrixRowIndexColumnName,
        double regularization = 200) => Ease(new EaseRecommenderOptions
        {
            LabelColumnName = labelColumnName,
            MatrixColumnIndexColumnName = matrixColumnIndexColumnName,
            MatrixRowIndexColumnName = matrixRowIndexColumnName,
            Ease = new EaseOptions { Regularization = regularization },
        });

    /// <summary>Item-kNN: the nearest items by who took them.</summary>
    /// <exception cref="ConfigurationException">An option is out of its range.</exception>
    public RecommenderEstimator ItemKnn(ItemKnnRecommenderOptions options) => new(_ml, options, options.ItemKnn, new ItemKnnTrainer(options.ItemKnn));

    /// <param name="labelColumnName">How much the user took of the item; <see cref="float"/>, positive.</param>
    /// <param name="matrixColumnIndexColumnName">Keys of items.</param>
    /// <param name="matrixRowIndexColumnName">Keys of users.</param>
    /// <param name="neighbors">Neighbors kept an item, 1 to 10,000.</param>
    /// <exception cref="ConfigurationException">An option is out of its range.</exception>
    public RecommenderEstimator ItemKnn(
        string labelColumnName,
        string matrixColumnIndexColumnName,
        string matrixRowIndexColumnName,
        int neighbors = 100) => ItemKnn(new ItemKnnRecommenderOptions
        {
            LabelColumnName = labelColumnName,
            MatrixColumnIndexColumnName = matrixColumnIndexColumnName,
            MatrixRowIndexColumnName = matrixRowIndexColumnName,
            ItemKnn = new ItemKnnOptions { Neighbors = neighbors },
        });

    /// <summary>
    /// The recommender in a pipeline, for its lists and for users who came later. <c>ml.Model.Load</c> gives a recommender as a chain of ML.NET's own
    /// transformers, which scores and has neither.
    /// </summary>
    /// <param name="pipeline">What a trainer of this catalog fitted, alone or in a pipeline, or what <c>ml.Model.Load</c> made of it.</param>
    /// <exception cref="ConfigurationException">There is none in it, or more than one.</exception>
    /// <exception cref="Errors.RecsysException">The model in it is corrupt.</exception>
    public RecommenderTransformer RecommenderOf(ITransformer pipeline)
    {
        RecommenderTransformer[] found = [.. Find(pipeline)];
        return found.Length == 1
            ? found[0]
            : throw new ConfigurationException($"the pipeline holds {found.Length} recommenders; expected one that a trainer of mlContext.Recsys() fitted");
    }

    private IEnumerable<RecommenderTransformer> Find(ITransformer pipeline) => pipeline switch
    {
        RecommenderTransformer fitted => [fitted],
        IEnumerable<ITransformer> chain when SavedRecommender.In(chain, _ml) is { } loaded => [loaded],
        IEnumerable<ITransformer> chain => chain.SelectMany(Find),
        _ => [],
    };
}
