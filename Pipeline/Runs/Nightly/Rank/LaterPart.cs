using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Runs.Nightly.Rank;

/// <summary>A ranker that learned from the earlier part of the window alone, on the later part, over users whom it does not know.</summary>
/// <param name="From">Where the later part begins, in seconds since 1970: half of the window's new pairs lie before it.</param>
/// <param name="Users">Who bought something new to them in the later part.</param>
/// <param name="Plain">NDCG of the model's order.</param>
/// <param name="Ndcg">NDCG of the ranker's.</param>
/// <param name="Change">The second less the first, with its paired 95% interval.</param>
internal sealed record LaterTrial(uint From, int Users, double Plain, double Ndcg, Interval Change);

/// <summary>
/// The window in two parts of as many purchases each, so that a ranker is measured on what came after all that it learned from. A pair's time is that of its
/// first event in the window. Candidates that a user bought in the earlier part are not asked for in the later one.
/// </summary>
internal sealed class LaterPart
{
    private readonly uint[] _times;

    private readonly SparseRows _bought;

    private LaterPart(SparseRows bought, uint[] times, uint from) => (_bought, _times, From) = (bought, times, from);

    public uint From { get; }

    /// <summary>Null where the window has no times, or all of its new pairs have one time.</summary>
    /// <param name="bought">users x items: the window's pairs that are new to their users.</param>
    public static LaterPart? Of(HoldOut window, SparseRows bought)
    {
        if (window.TestSeen is not { } seen || bought.Count == 0) return null;
        var times = new uint[bought.Count];
        for (int user = 0; user < bought.Rows; user++)
        {
            var all = window.Test.RowIndices(user);
            for (int k = bought.Pointers[user]; k < bought.Pointers[user + 1]; k++)
                times[k] = seen[window.Test.Pointers[user] + all.BinarySearch(bought.Indices[k])];
        }
        uint[] sorted = [.. times.Order()];
        uint from = sorted[sorted.Length / 2];
        return from > sorted[0] ? new LaterPart(bought, times, from) : null;
    }

    /// <summary>What is learned from: of the candidates, those count that were bought in the earlier part.</summary>
    public RankExample Earlier(int user, RankExample example) =>
        example with { Labels = [.. example.Items.Select((item, k) => example.Labels[k] && !IsLater(user, item))] };

    /// <summary>What is measured on: candidates that were not bought in the earlier part, and which of them were in the later one.</summary>
    public RankExample Later(int user, RankExample example)
    {
        int width = example.Items.Length == 0 ? 0 : example.Rows.Length / example.Items.Length;
        int[] left = [.. Enumerable.Range(0, example.Items.Length).Where(k => !example.Labels[k] || IsLater(user, example.Items[k]))];
        var rows = new float[left.Length * width];
        for (int n = 0; n < left.Length; n++) example.Rows.AsSpan(left[n] * width, width).CopyTo(rows.AsSpan(n * width));
        return new RankExample([.. left.Select(k => example.Items[k])], rows, [.. left.Select(k => example.Labels[k])]);
    }

    /// <summary>The new pairs of the later part.</summary>
    public SparseRows Pairs()
    {
        var (pointers, items, values) = (new int[_bought.Rows + 1], new List<int>(), new List<float>());
        for (int user = 0; user < _bought.Rows; user++)
        {
            for (int k = _bought.Pointers[user]; k < _bought.Pointers[user + 1]; k++)
            {
                if (_times[k] < From) continue;
                items.Add(_bought.Indices[k]);
                values.Add(_bought.Values[k]);
            }
            pointers[user + 1] = items.Count;
        }
        return new SparseRows(_bought.Rows, _bought.Columns, pointers, [.. items], [.. values]);
    }

    /// <param name="users">Aligned with <paramref name="examples"/>.</param>
    /// <param name="crossFit">
    /// Scores of every second of the last by a ranker that the others of the first taught, and the other way round; null where there is none.
    /// </param>
    /// <returns>Null where there are no scores, or fewer than ten candidates were bought in either part.</returns>
    public LaterTrial? Measure(
        int[] users, RankExample[] examples, string algorithm, Func<RankExample[], RankExample[], float[][]?> crossFit, int cutoff, StageContext context)
    {
        RankExample[] earlier = [.. users.Select((user, at) => Earlier(user, examples[at]))];
        RankExample[] later = [.. users.Select((user, at) => Later(user, examples[at]))];
        if (earlier.Sum(e => e.Labels.Count(l => l)) < 10 || later.Sum(e => e.Labels.Count(l => l)) < 10) return null;
        if (crossFit(earlier, later) is not { } scores) return null;
        var pairs = Pairs();
        int[] asked = [.. Enumerable.Range(0, users.Length).Where(at => pairs.RowLength(users[at]) > 0)];
        var measure = new RankMeasure([.. asked.Select(at => users[at])], [.. asked.Select(at => later[at])], pairs, cutoff, context);
        var trial = measure.Of(algorithm, [.. asked.Select(at => scores[at])]);
        return new LaterTrial(From, asked.Length, measure.Plain, trial.Ndcg, trial.Change);
    }

    private bool IsLater(int user, int item)
    {
        int at = _bought.RowIndices(user).BinarySearch(item);
        return at >= 0 && _times[_bought.Pointers[user] + at] >= From;
    }
}
