using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Recsys.Batch.Jobs.Cli.Display;
using Recsys.Batch.Jobs.Cli.Evaluation;
using Recsys.Batch.Jobs.Configuration;
using Recsys.Batch.Jobs.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Embed;
using Recsys.Batch.Pipeline.Embed.Own;
using Recsys.Batch.Pipeline.Embed.Tuning;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Evaluate;
using Recsys.Batch.Pipeline.Ingest.Reading;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Retrieve;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Recsys.Batch.Pipeline.Runs.Nightly.Auto;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train;
using Recsys.Batch.Pipeline.Train.Imported;

namespace Recsys.Batch.Jobs.Cli.Commands;

/// <summary><c>eval</c>: trains on one Parquet file, ranks all unseen items for every user of another, and scores the lists.</summary>
internal static class EvalCommand
{
    private static readonly string[] Reported =
    [
        "recall", "recall_capped", "ndcg", "precision", "map", "mrr", "hit", "coverage", "gini", "novelty", "ild", "ild_text", "ild_category", "one_shelf",
    ];

    /// <summary>Options under the names that configuration has for them.</summary>
    private static readonly JsonSerializerOptions AsConfigured = new() { Converters = { new JsonStringEnumConverter() } };

    public static Command Build(CliContext surroundings)
    {
        var train = new Option<string>("--train") { Description = "Pairs to learn from: a Parquet file, a folder or a glob", Required = true, HelpName = "F" };
        var test = new Option<string>("--test") { Description = "Pairs to find again", Required = true, HelpName = "F" };
        var items = new Option<string?>("--items")
        {
            Description = "Titles, categories and other texts of the items; items that no pair speaks of can then be ranked too",
            HelpName = "F",
        };
        var k = new Option<int>("--k") { Description = "Length of the lists", Required = true, HelpName = "K" };
        var cache = new Option<string?>("--cache") { Description = "Folder that keeps the items' text embeddings for the next time", HelpName = "DIR" };
        var save = new Option<string?>("--save") { Description = "Where to write every test user's list, as Parquet", HelpName = "FILE" };
        return new Command("eval", "Train on one Parquet file, rank all unseen items, score on another")
        {
            train, test, items, k, cache, save,
        }.Does(surroundings, async call =>
        {
            int cutoff = call.Value(k);
            if (cutoff is < 1 or > 1_000)
                throw new ConfigurationException($"--k is {cutoff.ToString(CultureInfo.InvariantCulture)}; expected a whole number from 1 to 1000");
            var sections = new EvalSections();
            var night = call.Night(call.Settings(), Settings.AllButIngest, sections);
            var files = new Files(
                call.FullPath(call.Value(train)!), call.FullPath(call.Value(test)!), call.Value(items) is { } f ? call.FullPath(f) : null,
                call.Value(cache) is { } c ? call.FullPath(c) : null);
            var outcome = await StepWork.Show(
                call, "eval",
                files.Items is null ? ["load", "train", "retrieve", "score"] : ["load", "embed", "train", "retrieve", "score"],
                night.Runs, work => Evaluate(work, files, sections.Eval, night, cutoff)).ConfigureAwait(false);
            if (call.Value(save) is { } saved) outcome.Lists.Save(call.FullPath(saved), outcome.Split.Users, outcome.Split.Items, ParquetFiles.Writer());
            Show(call.Screen, outcome, cutoff);
            call.Screen.Json(Json(outcome, night, cutoff));
            return 0;
        });
    }

    private static Outcome Evaluate(StepWork work, Files files, EvalOptions eval, PipelineOptions night, int cutoff)
    {
        var reader = ParquetFiles.Reader();
        var (split, items) = work.Do("load", context =>
        {
            ItemFile? found = null;
            var pairs = PairFiles.Load(
                reader, files.Train, files.Test, eval.Columns.ForPairs(),
                files.Items is { } f ? ids => found = ItemFile.Read(reader, f, eval.Columns, ids, context.Cancellation) : null, context.Cancellation);
            return (pairs, found);
        }, out _);
        var holdOut = split.HoldOut;
        var catalog = items?.Catalog(split.Items.Count);
        EmbedResult? text = null;
        var content = catalog is null
            ? null
            : work.Do(
                "embed",
                context =>
                {
                    text = new EmbedStage(night.Embed).Run(catalog, files.Cache, files.Cache, context);
                    foreach (var check in text.Checks.Where(c => c.Level != ConstraintLevel.Pass)) context.Progress.Note(check.Message);
                    // A race is held on a window of the pairs, of which nothing may be learned.
                    var known = night.Train.IsAuto && !night.Embed.Tuning.IsOff ? RaceWindow.Of(holdOut.Train, context.Seed).Window.Train : holdOut.Train;
                    var tuned = EncoderTuning.Apply(text.Content, known, night.Embed.Tuning, context);
                    return tuned.With(OwnEmbeddings.ReadAll(night.Embed.Own, split.Items, reader, context));
                },
                out _);
        var scorer = work.Do(
            "train",
            context => new TrainStage(Serving(night.Train, holdOut.Train, content, context))
                .Run(holdOut.Train, context, content, Imported(night.Train, split, reader, context))
                .ScorerFor(holdOut.Train, context),
            out var trained);
        var retriever = new ExactRetriever();
        var lists = work.Do("retrieve", context => TopLists.Retrieve(retriever, scorer, holdOut, cutoff, context), out var retrieved);
        var options =
            new EvaluateOptions { Cutoffs = [cutoff], AllPairs = false, UsersWithoutHistory = true, MaxUsers = int.MaxValue, AucUsers = 0, OverlapPairs = 0 };
        var report = work.Do("score", context => new EvaluateStage(options).Run(
            new EvaluateInputs(holdOut, [new EvaluatedModel(night.Train.Algorithm, scorer)], retriever)
            {
                Embeddings = HistorySketch.Of(holdOut.Train.ByUser),
                TextSpace = content?.Text,
                Catalog = items?.HasCategories == true ? catalog : null,
            },
            context), out _);
        return new Outcome(split, report, lists, trained, retrieved, text);
    }

    /// <summary>Where a race decides, it is held on a window of the pairs to learn from.</summary>
    private static TrainOptions Serving(TrainOptions options, InteractionMatrix train, ItemContent? content, StageContext context)
    {
        if (!options.IsAuto) return options;
        var (window, name) = RaceWindow.Of(train, context.Seed);
        return AutoChoice.Of(options, window, name, content, context).Serving;
    }

    /// <summary>Factors that were trained elsewhere on the same pairs; null where the algorithm trains here.</summary>
    private static ImportedFactors? Imported(TrainOptions options, PairSplit split, IParquetReader reader, StageContext context) =>
        options.Algorithm == ImportedTrainer.Name
            ? new FactorImport(options.Imported, split.Users, split.Items, reader).HoldOut(split.HoldOut.Train, context)
            : null;

    private static void Show(Screen screen, Outcome outcome, int cutoff)
    {
        screen.Line(
            $"{Format.Count(outcome.Split.Users.Count)} users x {Format.Count(outcome.Split.Items.Count)} items, {Format.Count(outcome.Split.TrainRows)} train "
            + $"rows, {Format.Count(outcome.Split.TestRows)} test rows");
        screen.Line(
            $"trained in {Format.Duration(outcome.Trained)}, top {cutoff.ToString(CultureInfo.InvariantCulture)} of {Format.Count(outcome.Lists.Users.Length)} "
            + $"users in {Format.Duration(outcome.Retrieved)}, peak memory {Format.Bytes(PeakBytes)}");
        EvaluationView.Write(screen, outcome.Report, cutoff);
    }

    private static Dictionary<string, object?> Json(Outcome outcome, PipelineOptions night, int cutoff)
    {
        var json = new Dictionary<string, object?>
        {
            ["users"] = outcome.Split.Users.Count,
            ["items"] = outcome.Split.Items.Count,
            ["train_rows"] = outcome.Split.TrainRows,
            ["test_rows"] = outcome.Split.TestRows,
            ["test_users"] = outcome.Lists.Users.Length,
            ["text"] = outcome.Text is { } text ? new { Items = text.Content.Texts.Count(t => t is not null), text.Encoded, text.Known, text.Facts } : null,
        };
        var intervals = new Dictionary<string, object>();
        foreach (string name in Reported.Select(r => $"{r}@{cutoff.ToString(CultureInfo.InvariantCulture)}"))
        {
            var value = outcome.Report.Find(outcome.Report.Serving, Slices.New, name);
            json[name] = value?.Value;
            if (value is not null) intervals[name] = new[] { value.Low, value.High };
        }
        foreach (var size in outcome.Report.Sizes.Where(s => s.Slice == Slices.Cold && s.Pairs > 0)) Cold(json, intervals, outcome.Report, size, cutoff);
        json["intervals"] = intervals;
        json["train_s"] = Math.Round(outcome.Trained.TotalSeconds, 3);
        json["retrieve_s"] = Math.Round(outcome.Retrieved.TotalSeconds, 3);
        json["peak_rss_mb"] = Math.Round(PeakBytes / 1048576.0, 1);
        json["options"] = JsonSerializer.SerializeToNode(
            new { night.Train, Runs = new { Threads = night.Runs.EffectiveThreads, night.Runs.Seed } }, AsConfigured);
        return json;
    }

    /// <summary>Figures of test pairs on items that nobody has in train: ranked among all items, and among such items alone.</summary>
    private static void Cold(Dictionary<string, object?> json, Dictionary<string, object> intervals, EvaluationReport report, SliceSize size, int cutoff)
    {
        (json["cold_users"], json["cold_pairs"]) = (size.Users, size.Pairs);
        json[$"cold_share@{cutoff.ToString(CultureInfo.InvariantCulture)}"] = report.Find(
            report.Serving, Slices.New, $"cold_share@{cutoff.ToString(CultureInfo.InvariantCulture)}")?.Value;
        foreach (string slice in (string[])[Slices.Cold, Slices.ColdAmongCold])
        {
            foreach (string metric in (string[])["recall", "ndcg"])
            {
                if (report.Find(report.Serving, slice, $"{metric}@{cutoff.ToString(CultureInfo.InvariantCulture)}") is not { } value) continue;
                string name = $"{metric}_{slice}@{cutoff.ToString(CultureInfo.InvariantCulture)}";
                json[name] = value.Value;
                intervals[name] = new[] { value.Low, value.High };
            }
        }
    }

    private static long PeakBytes
    {
        get
        {
            using var self = Process.GetCurrentProcess();
            return self.PeakWorkingSet64;
        }
    }

    private sealed record Files(string Train, string Test, string? Items, string? Cache);

    private sealed record Outcome(PairSplit Split, EvaluationReport Report, TopLists Lists, TimeSpan Trained, TimeSpan Retrieved, EmbedResult? Text);
}
