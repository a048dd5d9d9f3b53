using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Diversify;
using Recsys.Batch.Pipeline.Evaluate;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Runs.Nightly.Balance;

/// <summary>
/// Lists of a window's users under many settings: candidates are found once for a block of users and serve all settings. Memory: users x settings x 12 bytes, a
/// byte an item and setting, and a block of candidates a thread.
/// </summary>
/// <param name="candidates">Of a block of users, in the order that is diversified.</param>
/// <param name="space">Where distances are measured.</param>
internal sealed class BalanceMeasure(
    HoldOut window, Func<int[], CandidateBlock> candidates, EmbeddingTable? space, Catalog catalog, AutoDiversityOptions options, StageContext context)
{
    private const int BlockUsers = 128, Measures = 3, Replicates = 400;

    private readonly SparseRows _test = TestPairs.New(window);
    private readonly ItemPopularity _popularity = new(window.Train);
    private readonly CategoryPaths _categories = new(catalog);

    /// <summary>Users with something new to them in the window.</summary>
    public int[] Users { get; } = RankedUsers.Of(
        window, new EvaluateOptions { MaxUsers = options.MaxUsers }, window.Train.Seen(), (Slices.New, TestPairs.New(window))).Users;

    /// <param name="settings">The plain order first.</param>
    /// <param name="stages">Makes lists, a setting.</param>
    /// <param name="relevance">Makes the lists that NDCG is compared with.</param>
    public IReadOnlyList<(DiversitySetting Setting, IReadOnlyDictionary<string, double> Figures, Interval Change)> Run(
        IReadOnlyList<DiversitySetting> settings, IReadOnlyList<DiversifyStage> stages, DiversifyStage relevance)
    {
        var values = new float[Users.Length * settings.Count * Measures];
        var reference = new float[Users.Length];
        var listed = settings.Select(_ => new byte[catalog.Items]).ToArray();
        int blocks = (Users.Length + BlockUsers - 1) / BlockUsers, done = 0;
        var step = new Lock();
        context.ForEachPiece(blocks, () => new ListMeter(_popularity, window.Train.ByUser, space, _categories), (block, meter) =>
        {
            int first = block * BlockUsers;
            var found = candidates(Users[first..Math.Min(Users.Length, first + BlockUsers)]);
            for (int s = 0; s < stages.Count; s++) Measure(stages[s].Run(found), first, s);
            var plain = relevance.Run(found);
            for (int u = 0; u < plain.Users.Length; u++) reference[first + u] = Ndcg(plain.Users[u], Top(plain, u));
            lock (step) context.Progress.Step("diversity", ++done, blocks, "blocks of users");

            void Measure(RecommendationBlock lists, int at, int setting)
            {
                for (int u = 0; u < lists.Users.Length; u++, at++)
                {
                    var list = Top(lists, u);
                    foreach (int item in list) listed[setting][item] = 1;
                    var measures = meter.Measure(lists.Users[u], list);
                    int row = (setting * Users.Length + at) * Measures;
                    values[row] = Ndcg(lists.Users[u], list);
                    values[row + 1] = measures.IntraListDistance;
                    values[row + 2] = measures.CalibrationKl;
                }
            }
        });
        return [.. settings.Select((setting, s) => (setting, Figures(s), Change(s)))];

        ReadOnlySpan<int> Top(RecommendationBlock lists, int u)
        {
            var list = lists.Items.AsSpan(lists.Offsets[u]..lists.Offsets[u + 1]);
            return list[..Math.Min(options.Cutoff, list.Length)];
        }

        float Ndcg(int user, ReadOnlySpan<int> list) => RankingMetrics.At(list, _test.RowIndices(user), options.Cutoff).Ndcg;

        IReadOnlyDictionary<string, double> Figures(int setting)
        {
            var figures = new SortedDictionary<string, double>(StringComparer.Ordinal)
            {
                ["ndcg"] = Mean(setting, 0),
                ["ild"] = Mean(setting, 1),
                ["calibration_kl"] = Mean(setting, 2),
                ["coverage"] = listed[setting].Sum(l => l) / (double)listed[setting].Length,
            };
            foreach (string name in figures.Keys.Where(k => !double.IsFinite(figures[k])).ToArray()) figures.Remove(name);
            return figures;
        }

        double Mean(int setting, int measure)
        {
            double sum = 0;
            int count = 0;
            for (int u = 0; u < Users.Length; u++)
            {
                float value = values[(setting * Users.Length + u) * Measures + measure];
                if (float.IsNaN(value)) continue;
                sum += value;
                count++;
            }
            return sum / count;
        }

        Interval Change(int setting)
        {
            var change = new float[Users.Length];
            for (int u = 0; u < change.Length; u++) change[u] = values[(setting * Users.Length + u) * Measures] - reference[u];
            return PoissonBootstrap.Of(change, 1, Replicates, context.Seed, context.Threads).Mean(0);
        }
    }
}
