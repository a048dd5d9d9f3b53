using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Lexical;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Evaluate;

/// <summary>
/// Ranks the users of a hold-out with every model and measures the lists: accuracy on all test pairs, on pairs new to the user and on cold items, and what the
/// lists are like apart from hits. Every figure has a 95% interval, and the serving model's accuracy is compared with each baseline's over the same users.
/// </summary>
internal sealed class EvaluateStage(EvaluateOptions options)
{
    /// <exception cref="ArgumentException">A model's shape is not the hold-out's, or two have one name.</exception>
    public EvaluationReport Run(EvaluateInputs inputs, StageContext context)
    {
        Check(inputs);
        var holdOut = inputs.HoldOut;
        var popularity = new ItemPopularity(holdOut.Train);
        var categories = inputs.Catalog is { } catalog ? new CategoryPaths(catalog) : null;
        var titles = inputs.Catalog is { } named ? TitlePhrases.Of(named.Titles) : null;
        var groups = new List<RankedUsers>();
        if (options.AllPairs) groups.Add(RankedUsers.Of(holdOut, options, exclude: null, (Slices.All, holdOut.Test)) with { Allowed = inputs.Allowed });
        var cold = TestPairs.Cold(holdOut, popularity);
        var seen = holdOut.Train.Seen();
        groups.Add(RankedUsers.Of(holdOut, options, seen, (Slices.New, TestPairs.New(holdOut)), (Slices.Cold, cold)) with { Allowed = inputs.Allowed });
        if (options.ColdAmongCold)
        {
            groups.Add(
                RankedUsers.Of(holdOut, options, seen, (Slices.ColdAmongCold, cold)) with { Allowed = Cold(popularity, holdOut.Train.Items, inputs.Allowed) });
        }

        var metrics = new List<MetricValue>();
        var differences = new List<MetricDifference>();
        IReadOnlyList<GroupFigure> figures = [];
        // The lists as they are published, where they are measured.
        var published = inputs.Models.FirstOrDefault(m => m.Name == EvaluatedModel.Lists) ?? inputs.Models[0];
        int done = 0;
        foreach (var group in groups.Where(g => g.Users.Length > 0))
        {
            PoissonBootstrap? serving = null;
            var measured = inputs.Models.ToDictionary(m => m, m => new ModelMeasurement(m, inputs, options, group, popularity, categories, titles));
            foreach (var sharing in Sharing(inputs.Models))
            {
                context.Cancellation.ThrowIfCancellationRequested();
                ModelMeasurement.Rank([.. sharing.Select(m => measured[m])], context);
                done += sharing.Count;
                context.Progress.Step("evaluate", done, groups.Count * inputs.Models.Count, "models");
            }
            foreach (var (model, measurement) in inputs.Models.Select(m => (m, measured[m])))
            {
                var (means, others) = measurement.Figures(context);
                metrics.AddRange(measurement.Columns.Named().Select(c => Value(model.Name, c.Slice, c.Metric, means, c.Column)).OfType<MetricValue>());
                metrics.AddRange(others.Where(m => double.IsFinite(m.Value)));
                if (ReferenceEquals(model, published) && group.Slices[0].Name == Slices.New) figures = measurement.Groups();
                if (serving is null) serving = means;
                else differences.AddRange(Compare(inputs.Models[0].Name, serving, model.Name, means, measurement.Columns));
            }
        }
        var (errors, gains, rated) = new RatingAccuracy(options).Measure(holdOut, inputs.RatingModels, context);
        metrics.AddRange(errors);
        differences.AddRange(gains);
        var testUsers = Enumerable.Range(0, holdOut.Test.Rows).Where(u => holdOut.Test.RowLength(u) > 0).ToArray();
        var report = new EvaluationReport
        {
            Serving = inputs.Models[0].Name,
            Cut = holdOut.Cut,
            TestUsers = testUsers.Length,
            TestUsersWithoutHistory = testUsers.Count(u => holdOut.Train.ByUser.RowLength(u) == 0),
            Sizes = [.. groups.SelectMany(g => g.Sizes()), .. rated is null ? (SliceSize[])[] : [rated]],
            Metrics = metrics,
            Differences = differences,
            Groups = figures,
        };
        foreach (var (name, value) in report.Flat()) context.Progress.Metric(name, value);
        return report;
    }

    /// <summary>Models that can be measured on the same candidates.</summary>
    private static IEnumerable<IReadOnlyList<EvaluatedModel>> Sharing(IReadOnlyList<EvaluatedModel> models)
    {
        foreach (var scorer in models.GroupBy(m => m.Scorer))
        {
            // Candidates as they are ranked can be had from deeper ones, so they go with the first that make lists.
            int deep = scorer.Where(m => m.ListsOf is not null).Select(m => m.Candidates).FirstOrDefault();
            foreach (var sharing in scorer.GroupBy(m => m.ListsOf is null ? deep : m.Candidates)) yield return [.. sharing];
        }
    }

    private static bool[] Cold(ItemPopularity popularity, int items, bool[]? allowed)
    {
        var cold = new bool[items];
        for (int item = 0; item < items; item++) cold[item] = popularity.IsCold(item) && (allowed is null || allowed[item]);
        return cold;
    }

    private static IEnumerable<MetricDifference> Compare(string serving, PoissonBootstrap ours, string baseline, PoissonBootstrap theirs, MetricColumns columns)
    {
        foreach (var (slice, metric, column) in columns.NamedHits())
        {
            if (ours.Counts[column] == 0) continue;
            var difference = PoissonBootstrap.Difference(ours, column, theirs, column);
            yield return new MetricDifference(serving, baseline, slice, metric, difference.Value, difference.Low, difference.High);
        }
    }

    private static MetricValue? Value(string model, string slice, string metric, PoissonBootstrap means, int column)
    {
        if (means.Counts[column] == 0) return null;
        var interval = means.Mean(column);
        return new MetricValue(model, slice, metric, interval.Value, interval.Low, interval.High, means.Counts[column]);
    }

    private static void Check(EvaluateInputs inputs)
    {
        var (train, test) = (inputs.HoldOut.Train, inputs.HoldOut.Test);
        if (inputs.Models.Count == 0) throw new ArgumentException("there is no model to evaluate", nameof(inputs));
        if (inputs.Models.Select(m => m.Name).Distinct(StringComparer.Ordinal).Count() < inputs.Models.Count)
            throw new ArgumentException($"two models have one name: {string.Join(", ", inputs.Models.Select(m => m.Name))}", nameof(inputs));
        if (test.Rows != train.Users || test.Columns != train.Items)
            throw new ArgumentException($"test is {test.Rows} x {test.Columns}, train {train.Users} x {train.Items}", nameof(inputs));
        foreach (var model in inputs.Models)
            if (model.Scorer.Users != train.Users || model.Scorer.Items != train.Items)
            {
                throw new ArgumentException(
                    $"model {model.Name} scores {model.Scorer.Users} users x {model.Scorer.Items} items, train has {train.Users} x {train.Items}",
                    nameof(inputs));
            }
    }
}
