using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Lexical;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Evaluate;

/// <summary>
/// Ranks users in blocks and measures every list. Models of one scorer share its candidates: they differ in what is made of them. Memory: users x (figures +
/// longest K) x 4 bytes, 40 bytes an item for each K, and per thread a block of lists and 64 users' scores of all items.
/// </summary>
internal sealed class ModelMeasurement
{
    private const int BlockUsers = 512;
    private const int AucUsersAtOnce = 64;

    private readonly EvaluatedModel _model;
    private readonly EvaluateInputs _inputs;
    private readonly EvaluateOptions _options;
    private readonly RankedUsers _ranked;
    private readonly ItemPopularity _popularity;
    private readonly CategoryPaths? _categories;
    private readonly TitlePhrases? _titles;
    private readonly float[] _values;
    private readonly int[] _lists;
    private readonly int[] _lengths;
    private readonly Exposure[] _exposures;

    public ModelMeasurement(
        EvaluatedModel model, EvaluateInputs inputs, EvaluateOptions options, RankedUsers ranked, ItemPopularity popularity, CategoryPaths? categories,
        TitlePhrases? titles)
    {
        _model = model;
        _inputs = inputs;
        _options = options;
        _ranked = ranked;
        _popularity = popularity;
        _categories = categories;
        _titles = titles;
        Columns = new MetricColumns([.. ranked.Slices.Select(s => s.Name)], options.Cutoffs, options.AucUsers > 0);
        _values = new float[checked(ranked.Users.Length * Columns.Count)];
        _values.AsSpan().Fill(float.NaN);
        _lists = new int[checked(ranked.Users.Length * Depth)];
        _lengths = new int[ranked.Users.Length];
        _exposures = [.. options.Cutoffs.Select(_ => new Exposure(inputs.HoldOut.Train.Items))];
    }

    public MetricColumns Columns { get; }

    private int Depth => _options.Cutoffs[^1];

    /// <summary>Ranks and measures the users of models that have one scorer and, where they make lists, lists of as many candidates.</summary>
    public static void Rank(IReadOnlyList<ModelMeasurement> sharing, StageContext context)
    {
        var (first, ranked) = (sharing[0], sharing[0]._ranked);
        int depth = sharing.Max(m => m._model.ListsOf is null ? m.Depth : Math.Max(m.Depth, m._model.Candidates));
        int users = ranked.Users.Length;
        var request = new RetrievalRequest(depth, ranked.Exclude, ranked.Allowed) { Users = users, Threads = context.Threads };
        var session = first._inputs.Retriever.Open(first._model.Scorer, request);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = context.Threads, CancellationToken = context.Cancellation };
        Parallel.For(0, (users + BlockUsers - 1) / BlockUsers, parallel,
            () => sharing.Select(m => m.Meter()).ToArray(),
            (block, _, meters) =>
            {
                int from = block * BlockUsers;
                var candidates = session.Retrieve(ranked.Users[from..Math.Min(users, from + BlockUsers)]);
                for (int m = 0; m < meters.Length; m++) sharing[m].MeasureLists(from, candidates, meters[m]);
                return meters;
            },
            _ => { });
        if (first.Columns.Auc < 0) return;
        first.MeasureAuc(parallel);
        foreach (var other in sharing.Skip(1))
            for (int row = 0; row < users; row++) other.Auc(row) = first.Auc(row);
    }

    /// <summary>Figures that are means over users, with their bootstrap; and the rest, ready.</summary>
    public (PoissonBootstrap Means, List<MetricValue> Others) Figures(StageContext context) =>
        (PoissonBootstrap.Of(_values, Columns.Count, _options.Replicates, context.Seed, context.Threads), [.. Others(_model.Name, context)]);

    /// <summary>What the lists that were measured give to groups, by the first K and the first slice.</summary>
    public IReadOnlyList<GroupFigure> Groups() => new GroupMeasurement(
        _inputs.HoldOut, _inputs.Catalog?.Available, _ranked.Users, row => Head(row, _options.Cutoffs[0]),
        [.. from metric in (string[])["ndcg", "recall"]
            let column = Columns.Hits(0, 0) + Array.IndexOf(RankingMetrics.Names, metric)
            select (metric, Enumerable.Range(0, _ranked.Users.Length).Select(row => _values[row * Columns.Count + column]).ToArray())])
        .Run(_inputs.ItemGroups, _inputs.UserGroups, _options.ActivityBounds);

    private ref float Auc(int row) => ref _values[row * Columns.Count + Columns.Auc];

    private ListMeter Meter() => new(
        _popularity, _inputs.HoldOut.Train.ByUser, _inputs.Embeddings, _categories, _inputs.TextSpace, _inputs.ModelSpace, _titles);

    private void MeasureLists(int first, CandidateBlock candidates, ListMeter meter)
    {
        var lists = _model.ListsOf?.Invoke(candidates);
        for (int u = 0; u < candidates.Users.Length; u++)
        {
            var list = lists is null ? candidates.ItemsOf(u) : lists.Items.AsSpan(lists.Offsets[u]..lists.Offsets[u + 1]);
            MeasureList(first + u, list[..Math.Min(Depth, list.Length)], meter);
        }
    }

    private void MeasureList(int row, ReadOnlySpan<int> list, ListMeter meter)
    {
        int user = _ranked.Users[row];
        list.CopyTo(_lists.AsSpan(row * Depth));
        _lengths[row] = list.Length;
        var values = _values.AsSpan(row * Columns.Count, Columns.Count);
        for (int k = 0; k < _options.Cutoffs.Length; k++)
        {
            var head = list[..Math.Min(list.Length, _options.Cutoffs[k])];
            _exposures[k].Add(row, head);
            meter.Measure(user, head).CopyTo(values[MetricColumns.Measures(k)..]);
            for (int s = 0; s < _ranked.Slices.Count; s++)
            {
                var relevant = _ranked.Slices[s].Pairs.RowIndices(user);
                if (!relevant.IsEmpty) RankingMetrics.At(head, relevant, _options.Cutoffs[k]).CopyTo(values[Columns.Hits(s, k)..]);
            }
        }
    }

    private void MeasureAuc(ParallelOptions parallel)
    {
        var scorer = _model.Scorer;
        int users = _ranked.Users.Length;
        int sample = Math.Min(users, _options.AucUsers);
        var pairs = _ranked.Slices[0].Pairs;
        int longest = 1;
        foreach (int user in _ranked.Users) longest = Math.Max(longest, pairs.RowLength(user));
        Parallel.For(0, (sample + AucUsersAtOnce - 1) / AucUsersAtOnce, parallel,
            () => (Scores: new float[AucUsersAtOnce * (long)scorer.Items], Positives: new float[longest]),
            (chunk, _, scratch) =>
            {
                int first = chunk * AucUsersAtOnce;
                var rows = Enumerable.Range(first, Math.Min(AucUsersAtOnce, sample - first)).Select(i => (int)((long)i * users / sample)).ToArray();
                scorer.Score([.. rows.Select(r => _ranked.Users[r])], 0, scorer.Items, scratch.Scores, scorer.Items);
                for (int u = 0; u < rows.Length; u++)
                {
                    int user = _ranked.Users[rows[u]];
                    var scores = scratch.Scores.AsSpan(u * scorer.Items, scorer.Items);
                    var excluded = _ranked.Exclude is null ? [] : _ranked.Exclude.RowIndices(user);
                    Auc(rows[u]) = RankingAuc.Of(scores, pairs.RowIndices(user), excluded, _ranked.Allowed, scratch.Positives);
                }
                return scratch;
            },
            _ => { });
    }

    private IEnumerable<MetricValue> Others(string model, StageContext context)
    {
        string slice = _ranked.Slices[0].Name;
        int users = _ranked.Users.Length;
        for (int k = 0; k < _options.Cutoffs.Length; k++)
        {
            var (coverage, gini) = (_exposures[k].Coverage(), _exposures[k].Gini());
            yield return new MetricValue(model, slice, $"coverage@{_options.Cutoffs[k]}", coverage.Value, coverage.Low, coverage.High, users);
            yield return new MetricValue(model, slice, $"gini@{_options.Cutoffs[k]}", gini.Value, gini.Low, gini.High, users);
        }
        if (_options.OverlapPairs == 0 || users < 2) yield break;
        var overlaps = OverlapOfPairs(context.Seed);
        var means = PoissonBootstrap.Of(overlaps, 2 * _options.Cutoffs.Length, _options.Replicates, context.Seed, context.Threads);
        for (int k = 0; k < _options.Cutoffs.Length; k++)
        {
            var (jaccard, dice) = (means.Mean(2 * k), means.Mean(2 * k + 1));
            yield return new MetricValue(model, slice, $"user_jaccard@{_options.Cutoffs[k]}", jaccard.Value, jaccard.Low, jaccard.High, _options.OverlapPairs);
            yield return new MetricValue(model, slice, $"user_dice@{_options.Cutoffs[k]}", dice.Value, dice.Low, dice.High, _options.OverlapPairs);
        }
    }

    private float[] OverlapOfPairs(ulong seed)
    {
        int users = _ranked.Users.Length;
        int cutoffs = _options.Cutoffs.Length;
        var random = new Random((int)(seed ^ seed >> 32));
        var values = new float[_options.OverlapPairs * 2 * cutoffs];
        for (int pair = 0; pair < _options.OverlapPairs; pair++)
        {
            int a = random.Next(users);
            int b = random.Next(users - 1);
            if (b >= a) b++;
            for (int k = 0; k < cutoffs; k++)
            {
                var overlap = ListOverlap.Of(Head(a, _options.Cutoffs[k]), Head(b, _options.Cutoffs[k]));
                values[(pair * cutoffs + k) * 2] = (float)overlap.Jaccard;
                values[(pair * cutoffs + k) * 2 + 1] = (float)overlap.Dice;
            }
        }
        return values;
    }

    private ReadOnlySpan<int> Head(int row, int length) => _lists.AsSpan(row * Depth, Math.Min(length, _lengths[row]));
}
