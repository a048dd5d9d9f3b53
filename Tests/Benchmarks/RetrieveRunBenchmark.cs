using System.Globalization;
using Recsys.Batch.Benchmarks.Comparisons;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Retrieve;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train;

namespace Recsys.Batch.Benchmarks;

/// <summary>
/// <c>retrieve-run --run FOLDER [--users 20000] [--depth 200] [--asked 20000]</c>: candidates by the model that a night trained, texts and all, beside the
/// whole products of the same scorer, which every user and item costs that retrieval does not skip. Retrieval prepares itself for as many users as are asked
/// for, for none with 0. <c>FOLDER</c> is a run's: <c>out/runs/ID</c>.
/// </summary>
internal static class RetrieveRunBenchmark
{
    private const int ByProducts = 1_024;

    public static int Run(string[] arguments)
    {
        _ = Compare(Arguments.Parse(arguments));
        return 0;
    }

    public static IReadOnlyList<Comparison> Compare(Arguments given)
    {
        string folder = given.Text("run", "");
        int depth = given.Int("depth", 200);
        var context = StageContext.Quiet();
        var history = IngestArtifacts.ReadInteractions(Path.Combine(folder, StageNames.Ingest));
        var model = TrainedModels.Load(new ArtifactReader(Path.Combine(folder, StageNames.Train, "model.bin")));
        var scorer = model.ScorerFor(history, context);
        int[] users = Some(scorer.Users, given.Int("users", 20_000));
        string kind = scorer is IFactorScorer factors ? $"products of {factors.Products.Rank} columns" : "no products";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{model.Algorithm} over {scorer.Users:N0} users x {scorer.Items:N0} items, {kind}"));
        var request = new RetrievalRequest(depth, history.Seen()) { Users = given.Int("asked", users.Length), Threads = context.Threads };
        IRetrievalSession? session = null;
        var open = RetrieveBenchmark.Best(1, () => session = new ExactRetriever().Open(scorer, request));
        var found = RetrieveBenchmark.Best(2, () => All(session!, users, context.Threads));
        Say($"top-{depth}", users.Length, found);
        int[] few = Some(scorer.Users, Math.Min(users.Length, ByProducts));
        var whole = new ScoredSession(scorer, request);
        var products = RetrieveBenchmark.Best(2, () => All(whole, few, context.Threads));
        Say("the same by whole products", few.Length, products);
        double ratio = products.Cpu / few.Length / (found.Cpu / users.Length);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"packing {open.Wall:F1} s; {ratio:F2} times the products' users a processor second; "
            + $"{Different(session!, whole, few)} of {few.Length} lists hold other items"));
        string name = $"candidates of a night's model over {scorer.Items:N0} items, {kind}, top-{depth}";
        return
        [
            Comparison.Faster(name, users.Length / found.Wall, 6_000, "users/s", "what is asked", 1),
            Comparison.Faster(
                name + ", a processor second", users.Length / found.Cpu, few.Length / products.Cpu, "users", "its whole products", 1),
        ];
    }

    private static int[] Some(int all, int count) => [.. Enumerable.Range(0, Math.Min(all, count)).Select(k => (int)((long)k * all / Math.Min(all, count)))];

    private static void All(IRetrievalSession session, int[] users, int threads) => Parallel.ForEach(
        users.Chunk(256), new ParallelOptions { MaxDegreeOfParallelism = threads }, some => session.Retrieve(some));

    private static int Different(IRetrievalSession one, ScoredSession other, int[] users)
    {
        var (a, b) = (one.Retrieve(users), other.Retrieve(users));
        return Enumerable.Range(0, users.Length).Count(u => !a.ItemsOf(u).ToArray().ToHashSet().SetEquals(b.ItemsOf(u).ToArray()));
    }

    private static void Say(string what, int users, (double Wall, double Cpu) seconds) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{what,-28} {users / seconds.Wall,8:F0} users/s, {users / seconds.Cpu,8:F0} a processor second"));
}
