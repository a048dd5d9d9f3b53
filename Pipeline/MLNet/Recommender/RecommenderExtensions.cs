using Microsoft.ML.Trainers.Recommender;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.MLNet.Estimators;
using Recsys.Batch.Pipeline.Train;
using Recsys.Batch.Pipeline.Train.Als;
using Recsys.Batch.Recommender;

// Where an ML.NET program looks for trainers.
namespace Microsoft.ML;

/// <summary>
/// Our implicit ALS beside <c>mlContext.Recommendation().Trainers.MatrixFactorization</c>, giving ML.NET's own model class, and what such models lack: lists
/// for all users, and users who came later.
/// </summary>
public static class RecommenderExtensions
{
    /// <summary>
    /// Implicit ALS: learns from who took what, pairs without a row counting as weak evidence against (Hu, Koren and Volinsky 2008; Rendle et al. 2021).
    /// </summary>
    /// <exception cref="ConfigurationException">An option is out of its range.</exception>
    public static ImplicitAlsEstimator ImplicitAls(this RecommendationCatalog.RecommendationTrainers trainers, ImplicitAlsOptions options) =>
        new(trainers, options);

    /// <param name="trainers">The catalog.</param>
    /// <param name="labelColumnName">How much the user took of the item; <see cref="float"/>, positive.</param>
    /// <param name="matrixColumnIndexColumnName">Keys of items.</param>
    /// <param name="matrixRowIndexColumnName">Keys of users.</param>
    /// <param name="approximationRank">Factors of a user or item.</param>
    /// <param name="numberOfIterations">Passes over users and items.</param>
    public static ImplicitAlsEstimator ImplicitAls(
        this RecommendationCatalog.RecommendationTrainers trainers,
        string labelColumnName,
        string matrixColumnIndexColumnName,
        string matrixRowIndexColumnName,
        int approximationRank = 64,
        int numberOfIterations = 16) => trainers.ImplicitAls(new ImplicitAlsOptions
        {
            LabelColumnName = labelColumnName,
            MatrixColumnIndexColumnName = matrixColumnIndexColumnName,
            MatrixRowIndexColumnName = matrixRowIndexColumnName,
            Als = new AlsOptions { Rank = approximationRank, Iterations = numberOfIterations },
        });

    /// <summary>
    /// The <paramref name="count"/> best items of every user that it has not in <paramref name="seen"/>. Works for ML.NET's own factorizations too; a user or
    /// item without factors (NaN) is in no list.
    /// </summary>
    /// <param name="model">Whose rows are users and whose columns are items.</param>
    /// <param name="seen">What users have: rows as in training; its key columns name users and items.</param>
    /// <param name="count">Length of a list, from 1.</param>
    /// <param name="options">The columns; threads.</param>
    /// <exception cref="ConfigurationException">The keys of <paramref name="seen"/> do not count as many users and items as the model has.</exception>
    public static TopRecommendations RecommendTopN(this MatrixFactorizationPredictionTransformer model, IDataView seen, int count, RecommenderOptions options)
    {
        var parameters = model.Model;
        var pairs = LabelledPairs.Read(seen, options);
        options.RequireCounts(pairs, parameters.NumberOfRows, parameters.NumberOfColumns);
        var factors = FactorTransformer.FactorsOf(parameters);
        var allowed = new bool[factors.Items.Rows];
        for (int item = 0; item < allowed.Length; item++) allowed[item] = factors.Items.Row(item).ContainsAnyExcept(0f);
        return TopRecommendations.Of(
            new FactorScorer(factors), pairs.ByUser, count, allowed, user => factors.Users.Row(user).ContainsAnyExcept(0f), seen.Schema, options);
    }

    /// <summary>
    /// The model for other users, whose histories came after training: each gets the factors that solve its ALS system against the model's items.
    /// </summary>
    /// <param name="model">What <c>ImplicitAls</c> fitted, or such a model loaded from a file.</param>
    /// <param name="histories">Rows of the new users; their keys are a count of their own, those of the items are the model's.</param>
    /// <param name="options">The columns, and the weights that the model was trained with.</param>
    /// <returns>A transformer over the new users' keys.</returns>
    /// <exception cref="ConfigurationException">The item keys do not count as many items as the model has.</exception>
    public static MatrixFactorizationPredictionTransformer FoldIn(
        this MatrixFactorizationPredictionTransformer model, IDataView histories, ImplicitAlsOptions options)
    {
        options.Require(options.Als);
        var pairs = LabelledPairs.Read(histories, options);
        options.RequireItems(pairs, model.Model.NumberOfColumns);
        var factors = FactorTransformer.FactorsOf(model.Model);
        var users = new AlsModel(factors, options.Als, []).FoldIn(pairs.ByUser, options.Context());
        return FactorTransformer.Make(new MLContext().Recommendation().Trainers, histories.Schema, options, factors with { Users = users });
    }
}
