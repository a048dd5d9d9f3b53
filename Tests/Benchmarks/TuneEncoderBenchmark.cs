using System.Diagnostics;
using System.Globalization;
using Recsys.Batch.Jobs.Cli.Evaluation;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Embed;
using Recsys.Batch.Pipeline.Embed.Tuning;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Ingest.Reading;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Benchmarks;

/// <summary>
/// What <c>Embed:Tuning</c> brings on a night's log before its validation window: recall of held-out new items by text, tuned and not.
/// <c>--config FILE</c> names the night (the demo's without it), <c>--data DIR</c> transactions.parquet and products.parquet for it.
/// <c>--rank</c>, <c>--weight</c> and <c>--ridge</c> are the options; with <c>--variants "--weight 10;--weight 30"</c> each is tried on the same log.
/// <c>--train PAIRS --items TITLES</c> takes a file of pairs, as <c>eval</c> reads it, in place of a night.
/// </summary>
internal static class TuneEncoderBenchmark
{
    public static int Run(string[] args)
    {
        var given = Arguments.Parse(args);
        var context = StageContext.Quiet(given.Int("threads", Environment.ProcessorCount));
        var (interactions, content) = given.Optional("train") is { } pairs ? Pairs(pairs, given.Text("items"), context) : Night(given);
        foreach (string variant in given.Text("variants", "").Split(';'))
        {
            var options = new TuningOptions { Use = TuningUse.Auto };
            var of = Arguments.Parse([.. args, .. variant.Length == 0 ? [] : variant.Split(' ')]);
            options.Rank = of.Int("rank", options.Rank);
            options.Weight = of.Double("weight", options.Weight);
            options.Ridge = of.Double("ridge", options.Ridge);
            long started = Stopwatch.GetTimestamp();
            var tuning = EncoderTuning.Of(interactions, content.Text!, content.Texts, options, context);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{variant}: {tuning.Report}; {Stopwatch.GetElapsedTime(started).TotalSeconds:F0} s"));
        }
        return 0;
    }

    private static (InteractionMatrix Interactions, ItemContent Content) Night(Arguments given)
    {
        string[] files = given.Optional("data") is { } data
            ? [$"Ingest:Events:0:Path={data}/transactions.parquet", $"Ingest:Items:Path={data}/products.parquet"]
            : [];
        return TemporaryNight.Of(
            given.Text("config", "data/online-retail/night.json"), StageNames.Embed, files, change: null, (_, run) => (
                IngestArtifacts.ReadValidation(Path.Combine(run, StageNames.Ingest)).Train, EmbedArtifacts.ReadContent(Path.Combine(run, StageNames.Embed))));
    }

    private static (InteractionMatrix Interactions, ItemContent Content) Pairs(string train, string titles, StageContext context)
    {
        var reader = ParquetFiles.Reader();
        ItemFile? file = null;
        var split = PairFiles.Load(
            reader, train, train, known: ids => file = ItemFile.Read(reader, titles, new EvalColumns(), ids, context.Cancellation),
            cancellation: context.Cancellation);
        return (split.Train, new EmbedStage(new EmbedOptions { Device = EmbedDevice.Cpu }).Run(file!.Catalog(split.Items.Count), null, null, context).Content);
    }
}
