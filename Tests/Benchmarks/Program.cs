using System.Globalization;
using Recsys.Batch.Benchmarks;
using Recsys.Batch.Benchmarks.Api;
using Recsys.Batch.Benchmarks.Choices;
using Recsys.Batch.Benchmarks.Comparisons;
using Recsys.Batch.Benchmarks.Freshness;
using Recsys.Batch.Benchmarks.Kills;
using Recsys.Batch.Benchmarks.Places;
using Recsys.Batch.Benchmarks.TimeToQuality;

// A benchmark is a name and a function of its arguments; each lives in its own file.
var benchmarks = new SortedDictionary<string, Func<string[], int>>(StringComparer.Ordinal)
{
    ["api"] = ApiBenchmark.Run,
    ["choices"] = ChoicesBenchmark.Run,
    ["classifier"] = ClassifierBenchmark.Run,
    ["compare"] = CompareBenchmark.Run,
    ["complements"] = ComplementsBenchmark.Run,
    ["delta"] = DeltaBenchmark.Run,
    ["delta-quality"] = DeltaQuality.Run,
    ["audience"] = AudienceBenchmark.Run,
    ["discovery"] = DiscoveryBenchmark.Run,
    ["embed"] = EmbedBenchmark.Run,
    ["encoder-quality"] = EncoderQuality.Run,
    ["feedback-coverage"] = FeedbackCoverage.Run,
    ["forecast"] = ForecastBenchmark.Run,
    ["freshness"] = FreshnessBenchmark.Run,
    ["growth"] = GrowthBenchmark.Run,
    ["helped"] = HelpedBenchmark.Run,
    ["gemm"] = GemmBenchmark.Run,
    ["parquet"] = ParquetBenchmark.Run,
    ["privacy"] = PrivacyBenchmark.Run,
    ["publish"] = PublishBenchmark.Run,
    ["race-costs"] = RaceCosts.Run,
    ["rank-clicks"] = RankClicks.Run,
    ["rerank"] = RerankBenchmark.Run,
    ["queries"] = QueriesBenchmark.Run,
    ["repeats"] = RepeatsBenchmark.Run,
    ["reviews"] = ReviewsBenchmark.Run,
    ["retrieve"] = RetrieveBenchmark.Run,
    ["kills"] = KillsBenchmark.Run,
    ["make-holdout"] = MakeHoldOut.Run,
    ["quality"] = ModelQuality.Run,
    ["rules"] = RulesBenchmark.Run,
    ["retrieve-run"] = RetrieveRunBenchmark.Run,
    ["retrieve-trained"] = RetrieveTrainedBenchmark.Run,
    ["sparse"] = SparseBenchmark.Run,
    ["shards"] = ShardsBenchmark.Run,
    ["hosts"] = HostsBenchmark.Run,
    ["ingest"] = IngestBenchmark.Run,
    ["tokenize"] = TokenizeBenchmark.Run,
    ["tile"] = TileBenchmark.Run,
    ["split-by-time"] = SplitByTime.Run,
    ["train"] = TrainBenchmark.Run,
    ["time-to-quality"] = TimeToQualityBenchmark.Run,
    ["trainer"] = TrainerBenchmark.Run,
    ["tune-encoder"] = TuneEncoderBenchmark.Run,
    ["user-table"] = UserTable.Run,
};

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args.Length > 0 && benchmarks.TryGetValue(args[0], out var benchmark))
{
    Hardware.Print();
    return benchmark(args[1..]);
}
Console.Error.WriteLine(
    $"usage: dotnet run -c Release --project Tests/Benchmarks -- NAME [options], where NAME is one of {string.Join(", ", benchmarks.Keys)}");
return 2;
