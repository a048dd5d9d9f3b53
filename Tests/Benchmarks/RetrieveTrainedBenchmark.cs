using System.Diagnostics;
using System.Globalization;
using Recsys.Batch.Benchmarks.Comparisons;
using Recsys.Batch.Benchmarks.Peers;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Evaluate;
using Recsys.Batch.Pipeline.Ingest.Reading;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Retrieve;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train.Als;

namespace Recsys.Batch.Benchmarks;

/// <summary>
/// <c>retrieve-trained TRAIN TEST [K...]</c>: trains implicit ALS on a split, then times top-100 of all users from its factors, and evaluates it.
/// </summary>
internal static class RetrieveTrainedBenchmark
{
    public static int Run(string[] args)
    {
        if (args.Length < 2)
        {
            Console.Error.WriteLine("usage: retrieve-trained TRAIN.parquet TEST.parquet [K...]");
            return 2;
        }
        var split = PairFiles.Load(ParquetFiles.Reader(), args[0], args[1]);
        var context = StageContext.Quiet();
        foreach (int rank in args.Length > 2 ? args[2..].Select(k => int.Parse(k, CultureInfo.InvariantCulture)) : [64, 128, 256])
        {
            long start = Stopwatch.GetTimestamp();
            // Settings at which the quality is the one that peers reach: how unequal the factors' norms are decides how many items can be passed over.
            var model = new AlsTrainer(new AlsOptions { Rank = rank, Iterations = 10, UnobservedWeight = 0.01, Regularization = 0.003, ObjectiveEvery = 1_000 })
                .Train(split.Train, context);
            var scorer = (IFactorScorer)model.ScorerFor(split.Train, context);
            double train = Stopwatch.GetElapsedTime(start).TotalSeconds;
            int users = split.Train.Users;
            var session = RetrieveBenchmark.Open(scorer, 100, split.Train.ByUser);
            var (wall, cpu) = RetrieveBenchmark.Best(5, () => RetrieveBenchmark.All(session, users, context.Threads));
            Console.WriteLine(
                $"K={rank}: trained in {train:F1} s; top-100 of {users} users {wall * 1e3:F0} ms ({cpu * 1e3:F0} ms of processor), "
                + $"{users / wall:F0} users/s ({users * context.Threads / cpu:F0} by processor time)");

            var plain = new FactorSession(scorer.Products.Users[0], scorer.Products.Items, new RetrievalRequest(100, split.Train.ByUser), quantize: false);
            Console.WriteLine($"    lists that differ from those of float32 alone: {Different(session, plain, users)}");

            start = Stopwatch.GetTimestamp();
            var report = new EvaluateStage(new EvaluateOptions { Cutoffs = [20], AllPairs = false }).Run(
                new EvaluateInputs(split.HoldOut, [new("ials", scorer)], new ExactRetriever()) { Embeddings = model.ItemEmbeddings }, context);
            Console.WriteLine($"    evaluated in {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s");
            foreach (var m in report.Metrics.Where(m => m.Slice == Slices.New))
                Console.WriteLine($"    {m.Metric,-20} {m.Value:F4} [{m.Low:F4}, {m.High:F4}] of {m.Count}");
        }
        return 0;
    }

    /// <summary>Users a second at ranks 64, 128 and 256 beside implicit's, whose model is trained on the same pairs.</summary>
    public static IReadOnlyList<Comparison> Compare(Arguments given)
    {
        var split = PairFiles.Load(ParquetFiles.Reader(), given.Text("data"), given.Text("test"));
        var context = StageContext.Quiet();
        using var peer = new ImplicitPeer(given.Text("python", "python3"), split.Train.ByUser, split.Test);
        var found = new List<Comparison>();
        foreach (int rank in given.Ints("rank", [64, 128, 256]))
        {
            var model = new AlsTrainer(new AlsOptions { Rank = rank, Iterations = 10, UnobservedWeight = 0.01, Regularization = 0.003, ObjectiveEvery = 1_000 })
                .Train(split.Train, context);
            var session = RetrieveBenchmark.Open((IFactorScorer)model.ScorerFor(split.Train, context), 100, split.Train.ByUser);
            double wall = RetrieveBenchmark.Best(5, () => RetrieveBenchmark.All(session, split.Train.Users, context.Threads)).Wall;
            double theirs = peer.UsersPerSecond(rank, iterations: 3, context.Threads);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  K = {rank}: {split.Train.Users / wall:N0} users/s, implicit {theirs:N0}"));
            found.Add(Comparison.Faster($"exact top-100 from factors of rank {rank}", split.Train.Users / wall, theirs, "users/s", ImplicitPeer.Name, 8));
        }
        return found;
    }

    private static int Different(IRetrievalSession a, FactorSession b, int users)
    {
        int different = 0;
        foreach (int[] block in Enumerable.Range(0, users).Chunk(CandidateBlock.MaxUsers))
        {
            var (x, y) = (a.Retrieve(block), b.Retrieve(block));
            for (int u = 0; u < block.Length; u++)
                if (!x.ItemsOf(u).SequenceEqual(y.ItemsOf(u)) || !x.ScoresOf(u).SequenceEqual(y.ScoresOf(u))) different++;
        }
        return different;
    }
}
