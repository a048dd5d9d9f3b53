using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Rank;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train;

namespace Recsys.Batch.Pipeline.Runs.Nightly.Rank;

/// <summary>Puts a model's candidates into the order of the ranker that the night learned, where it learned one.</summary>
internal static class RankedCandidates
{
    /// <summary>What features are made from.</summary>
    /// <param name="history">What the model scores users by; a delta's has rows of changed users alone.</param>
    /// <param name="all">Everybody's, by which items are counted; reviews count up to its newest event.</param>
    /// <param name="reviews">Null where there are none.</param>
    public static RankInputs Inputs(
        ITrainedModel model, InteractionMatrix history, InteractionMatrix all, Catalog catalog, ItemContent content, ReviewedMoments? reviews,
        StageContext context) => new(
        history, catalog, [.. ModelParts.Of(model).Select(p => (p.Name, p.Model.ScorerFor(history, context)))])
        {
            Text = content.Text,
            ModelSpace = model.ItemEmbeddings,
            Reviews = reviews?.At(all),
            Items = new ItemStatistics(all, catalog),
        };

    /// <summary>The ranking; candidates as they come where the model's own order serves.</summary>
    /// <param name="keepsRows">Whether lists are to be explained by what their candidates were ranked by.</param>
    public static Func<CandidateBlock, CandidateBlock> Of(
        RankReport report, ITrainedModel model, InteractionMatrix history, InteractionMatrix all, Catalog catalog, ItemContent content,
        ReviewedMoments? reviews, StageContext context, bool keepsRows = false)
    {
        if (report.Ranker is not { } ranker) return candidates => candidates;
        if (report.Margins is { } margins) catalog = catalog.WithMargins(margins);
        var inputs = Inputs(model, history, all, catalog, content, reviews, context) with
        {
            ForRevenue = report.Objective is not null && report.Margins is null,
        };
        var reranker = new Reranker(inputs, ranker, report.Candidates, report.Chances, report.Objective?.PriceWeight ?? 1) { KeepsRows = keepsRows };
        if (reranker.Fits) return reranker.Run;
        context.Progress.Note(
            "the ranker's features are not those of this catalog and model any more: candidates stay in the model's order until the next night");
        return candidates => candidates;
    }
}
