using System.Globalization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Evaluate;

/// <summary>What the lists of a version must respect.</summary>
/// <param name="ListLength">Entries of a full list.</param>
/// <param name="Items">Items there are.</param>
/// <param name="Exclude">users x items that must not stand on a list; null forbids nothing.</param>
/// <param name="Available">Item-aligned; null means all.</param>
/// <param name="Embeddings">Where intra-list distance is measured; null leaves it out.</param>
/// <param name="LastVersion">
/// A user's list in the version that is published, -1 for an item that is gone; null where the user had none. Null leaves churn out.
/// </param>
internal sealed record ListsAuditInputs(
    int ListLength,
    int Items,
    SparseRows? Exclude = null,
    bool[]? Available = null,
    EmbeddingTable? Embeddings = null,
    Func<int, int[]?>? LastVersion = null)
{
    /// <summary>The name of the space that <see cref="Embeddings"/> are of, for what people read.</summary>
    public string Space { get; init; } = "model";

    /// <summary>Whether lists that stand in the last version as they are were judged with it, perhaps for another length: a delta's are.</summary>
    public bool KeepsLists { get; init; }
}

/// <summary>
/// Looks at every list of a version before it is published: gate <c>lists</c>. Blocks are added one after the other, in the same order every time.
/// Memory: a bit an item, and what the inputs hold.
/// </summary>
internal sealed class ListsAudit(ListsAuditInputs inputs, ListsGateOptions options)
{
    private const string Gate = "lists";

    private readonly bool[] _shown = new bool[inputs.Items];
    private readonly int _available = inputs.Available?.Count(a => a) ?? inputs.Items;
    private int _lists;
    private int _full;
    private int _new;
    private long _repeated;
    private long _excluded;
    private long _unavailable;
    private long _notFinite;
    private (double Sum, int Count) _distance;
    private (double Sum, int Count) _churn;

    public void Add(RecommendationBlock block)
    {
        for (int u = 0; u < block.Users.Length; u++)
        {
            int first = block.Offsets[u];
            int count = block.Offsets[u + 1] - first;
            Add(block.Users[u], block.Items.AsSpan(first, count));
            foreach (float score in block.Scores.AsSpan(first, count))
                if (!float.IsFinite(score)) _notFinite++;
        }
    }

    public IReadOnlyList<ConstraintResult> Finish()
    {
        var results = new List<ConstraintResult>
        {
            new(Gate, "lists", _lists > 0 ? ConstraintLevel.Pass : ConstraintLevel.Fail, _lists, "at least 1", Text($"{_lists} users have a list")),
            AtLeast(
                "full_lists", Share(_full + _lists - _new, _lists), options.FullShareWarn, options.FullShareFail,
                Text($"{_full} of {_new} {(inputs.KeepsLists ? "new lists" : "lists")} have all {inputs.ListLength} entries")
                + (_new < _lists ? Text($"; {_lists - _new} stand as they were and count as full") : "") + (_available < inputs.ListLength * 2
                    ? Text($", or as many as the {_available} items that may be recommended allow")
                    : "")),
            None("repeated_items", _repeated, "entries repeat an item of their list"),
            None("excluded_items", _excluded, "entries are items that the user already has"),
            None("unavailable_items", _unavailable, "entries are items that may not be recommended"),
            None("scores_not_finite", _notFinite, "entries have a score that is not a finite number"),
        };
        int shown = _shown.Count(s => s);
        int available = _available;
        results.Add(
            AtLeast("coverage", Share(shown, available), options.CoverageWarn, options.CoverageFail, Text($"{shown} of {available} items stand on some list")));
        if (_distance.Count > 0)
        {
            double distance = _distance.Sum / _distance.Count;
            results.Add(AtLeast(
                "ild", distance, options.IntraListDistanceWarn, double.NegativeInfinity,
                Text($"mean intra-list distance {distance:0.0000} in the space of the {inputs.Space}, over {_distance.Count} lists")));
        }
        if (_churn.Count > 0)
        {
            double churn = _churn.Sum / _churn.Count;
            var level = churn > options.ChurnFail ? ConstraintLevel.Fail : churn > options.ChurnWarn ? ConstraintLevel.Warn : ConstraintLevel.Pass;
            results.Add(new(Gate, "churn", level, churn, Text($"warn above {options.ChurnWarn}, fail above {options.ChurnFail}"),
                Text($"mean 1 - Jaccard to the last version {churn:0.0000} over {_churn.Count} users")));
        }
        return results;
    }

    private void Add(int user, ReadOnlySpan<int> list)
    {
        _lists++;
        var excluded = inputs.Exclude is null ? [] : inputs.Exclude.RowIndices(user);
        var last = inputs.LastVersion?.Invoke(user);
        if (!inputs.KeepsLists || last is null || !list.SequenceEqual(last))
        {
            _new++;
            if (list.Length >= Room(excluded)) _full++;
        }
        for (int r = 0; r < list.Length; r++)
        {
            int item = list[r];
            _shown[item] = true;
            if (list[..r].Contains(item)) _repeated++;
            if (excluded.BinarySearch(item) >= 0) _excluded++;
            if (inputs.Available is { } available && !available[item]) _unavailable++;
        }
        if (inputs.Embeddings is { } embeddings && list.Length > 1) _distance = (_distance.Sum + IntraListDistance.Of(list, embeddings), _distance.Count + 1);
        if (last is not null) _churn = (_churn.Sum + 1 - ListOverlap.Of(list, last).Jaccard, _churn.Count + 1);
    }

    // A shop of 15 items has no list of 20: as long as the catalog allows is full. An empty one never is.
    private int Room(ReadOnlySpan<int> excluded)
    {
        int room = _available;
        if (room - excluded.Length >= inputs.ListLength) return inputs.ListLength;
        foreach (int item in excluded)
            if (inputs.Available is null || inputs.Available[item]) room--;
        return Math.Clamp(room, 1, inputs.ListLength);
    }

    private static double Share(int part, int whole) => whole == 0 ? double.NaN : (double)part / whole;

    private static ConstraintResult None(string name, long found, string what) =>
        new(Gate, name, found == 0 ? ConstraintLevel.Pass : ConstraintLevel.Fail, found, "0", Text($"{found} {what}"));

    private static ConstraintResult AtLeast(string name, double value, double warn, double fail, string message)
    {
        var level = value < fail ? ConstraintLevel.Fail : value < warn ? ConstraintLevel.Warn : ConstraintLevel.Pass;
        string expected = double.IsNegativeInfinity(fail) ? Text($"warn below {warn}") : Text($"warn below {warn}, fail below {fail}");
        return new ConstraintResult(Gate, name, level, value, expected, message);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
