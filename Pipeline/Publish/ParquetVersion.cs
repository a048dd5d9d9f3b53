using System.Buffers;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Pipeline.Publish;

/// <summary>
/// A version's tables as Parquet below one folder: <c>user_recommendations/part-00001.parquet</c>, <c>segment_defaults/part-00001.parquet</c>,
/// <c>item_neighbors/part-00001.parquet</c>, and so on for each place that has rows; where lists are drawn also <c>policy.json</c> and
/// <c>list_arms/part-00001.parquet</c>, who drew which arm of it.
/// </summary>
internal sealed class ParquetVersion : IDisposable
{
    private static readonly ColumnField Rank = new("rank", ColumnType.Int32, Nullable: false);
    private static readonly ColumnField Score = new("score", ColumnType.Double, Nullable: false);
    private static readonly ColumnField Relevance = new("relevance", ColumnType.Double, Nullable: false);
    private static readonly ColumnField DiversityGain = new("diversity_gain", ColumnType.Double, Nullable: false);
    private static readonly ColumnField Propensity = new("propensity", ColumnType.Double, Nullable: false);

    private static readonly ColumnField Context = new("context", ColumnType.Int32, Nullable: false);
    private static readonly ColumnField Arm = new("arm", ColumnType.Int32, Nullable: false);

    private readonly Utf8Rows _user = new("user_id");
    private readonly Utf8Rows _item = new("item_id");
    private readonly Utf8Rows _reason = new("reason_code");
    private readonly Utf8Rows _reasonItems = new("reason_items");
    private readonly Utf8Rows _source = new("source");
    private readonly Utf8Rows _promoted = new("promoted");
    private readonly Utf8Rows _features = new("reason_features", nullable: true);
    private readonly Utf8Rows _shares = new("reason_shares", nullable: true);
    private readonly Utf8Rows _segment = new("segment");
    private readonly Utf8Rows _neighbor = new("neighbor_id");
    private readonly ArrayBufferWriter<byte> _json = new();
    private readonly ParquetPart _lists;
    private readonly ParquetPart _defaults;
    private readonly ParquetPart _neighbors;
    private readonly ParquetPart? _arms;
    private readonly SortedDictionary<string, ParquetPart> _places = new(StringComparer.Ordinal);
    private readonly IParquetWriter _writer;
    private readonly int _rowsPerFile;
    private readonly PolicyAssignment? _assignment;
    private readonly string _folder;
    private readonly bool _hasFeatures;

    /// <param name="assignment">How users drew their lists; null where lists are not drawn.</param>
    /// <param name="hasFeatures">Whether a list says which features carried an entry: only then is there a column of them.</param>
    public ParquetVersion(string folder, IParquetWriter writer, int rowsPerFile, PolicyAssignment? assignment = null, bool hasFeatures = false)
    {
        (_folder, _assignment, _writer, _rowsPerFile, _hasFeatures) = (folder, assignment, writer, rowsPerFile, hasFeatures);
        if (assignment is not null) _arms = new ParquetPart(folder, "list_arms", [_user.Field, Context, Arm], writer, rowsPerFile);
        _lists = new ParquetPart(folder, "user_recommendations",
            [_user.Field, Rank, _item.Field, Score, Relevance, DiversityGain, _reason.Field, _reasonItems.Field, _source.Field, Propensity,
                _promoted.Field, .. hasFeatures ? [_features.Field, _shares.Field] : Array.Empty<ColumnField>()],
            writer, rowsPerFile);
        _defaults = new ParquetPart(folder, "segment_defaults", [_segment.Field, Rank, _item.Field, Score], writer, rowsPerFile);
        _neighbors = new ParquetPart(folder, "item_neighbors", [_item.Field, _source.Field, Rank, _neighbor.Field, Score], writer, rowsPerFile);
    }

    public void Append(RecommendationBlock lists, IdMap users, IdMap items)
    {
        foreach (var rows in (ReadOnlySpan<Utf8Rows>)[_user, _item, _reason, _reasonItems, _source, _promoted, _features, _shares])
            rows.Clear();
        int count = lists.Items.Length;
        var ranks = new int[count];
        for (int u = 0; u < lists.Users.Length; u++)
        {
            for (int at = lists.Offsets[u]; at < lists.Offsets[u + 1]; at++)
            {
                ranks[at] = at - lists.Offsets[u] + 1;
                _user.Add(users[lists.Users[u]]);
                _item.Add(items[lists.Items[at]]);
                _reason.Add(ListColumns.Name(lists.Reasons[at]));
                _json.ResetWrittenCount();
                ListColumns.WriteReasonItems(
                    lists.ReasonItems.AsSpan(at * RecommendationBlock.MaxReasonItems, RecommendationBlock.MaxReasonItems), items, _json);
                _reasonItems.Add(_json.WrittenSpan);
                _source.Add(ListColumns.Name(lists.Sources[at]));
                _promoted.Add(lists.Placed(at));
                if (_hasFeatures) AddFeatures(lists.Features, at);
            }
        }
        _lists.Append(
            [
                _user.Column(), new ValueColumn<int>(Rank, count, ranks), _item.Column(), Doubles(Score, lists.Scores), Doubles(Relevance, lists.Relevance),
                Doubles(DiversityGain, lists.DiversityGain), _reason.Column(), _reasonItems.Column(), _source.Column(), Doubles(Propensity, lists.Propensity),
                _promoted.Column(), .. _hasFeatures ? [_features.Column(), _shares.Column()] : Array.Empty<Column>(),
            ],
            count);
        if (_assignment is not null) AppendArms(lists, users);
    }

    private void AddFeatures(ListFeatures? features, int entry)
    {
        if (features?.Has(entry) != true)
        {
            _features.AddNull();
            _shares.AddNull();
            return;
        }
        _json.ResetWrittenCount();
        ListColumns.WriteFeatures(features, entry, _json);
        _features.Add(_json.WrittenSpan);
        _json.ResetWrittenCount();
        ListColumns.WriteShares(features, entry, _json);
        _shares.Add(_json.WrittenSpan);
    }

    private void AppendArms(RecommendationBlock lists, IdMap users)
    {
        _user.Clear();
        int count = lists.Users.Length;
        var (contexts, arms) = (new int[count], new int[count]);
        for (int u = 0; u < count; u++)
        {
            var draw = _assignment!.Of(lists.Users[u]);
            if (lists.Offsets[u] < lists.Offsets[u + 1] && lists.Propensity[lists.Offsets[u]] != draw.Propensity)
            {
                throw new RunFailedException(
                    $"a list carries the propensity {lists.Propensity[lists.Offsets[u]]}, and the version's policy drew it with {draw.Propensity}: lists and "
                    + $"policy are of different nights; run again from materialize");
            }
            _user.Add(users[lists.Users[u]]);
            (contexts[u], arms[u]) = (draw.Context, draw.Arm);
        }
        _arms!.Append([_user.Column(), new ValueColumn<int>(Context, count, contexts), new ValueColumn<int>(Arm, count, arms)], count);
    }

    public void Append(IReadOnlyList<SegmentEntry> defaults)
    {
        _segment.Clear();
        _item.Clear();
        foreach (var entry in defaults)
        {
            _segment.Add(entry.Segment);
            _item.Add(entry.ItemId);
        }
        _defaults.Append(
            [
                _segment.Column(), new ValueColumn<int>(Rank, defaults.Count, [.. defaults.Select(d => d.Rank)]), _item.Column(),
                new ValueColumn<double>(Score, defaults.Count, [.. defaults.Select(d => d.Score)]),
            ],
            defaults.Count);
    }

    public void Append(IReadOnlyList<NeighborEntry> neighbors)
    {
        foreach (var rows in (ReadOnlySpan<Utf8Rows>)[_item, _source, _neighbor]) rows.Clear();
        foreach (var entry in neighbors)
        {
            _item.Add(entry.ItemId);
            _source.Add(entry.Source);
            _neighbor.Add(entry.NeighborId);
        }
        _neighbors.Append(
            [
                _item.Column(), _source.Column(), new ValueColumn<int>(Rank, neighbors.Count, [.. neighbors.Select(n => n.Rank)]), _neighbor.Column(),
                new ValueColumn<double>(Score, neighbors.Count, [.. neighbors.Select(n => (double)n.Score)]),
            ],
            neighbors.Count);
    }

    /// <summary>Rows of a place, which has files only where it has rows.</summary>
    public void Append(PlaceTable table, IReadOnlyList<Column> columns, int rowCount)
    {
        if (rowCount == 0) return;
        if (!_places.TryGetValue(table.Name, out var part))
            _places[table.Name] = part = new ParquetPart(_folder, table.Name, table.Columns, _writer, _rowsPerFile);
        part.Append(columns, rowCount);
    }

    public SortedDictionary<string, VersionTable> Complete()
    {
        var tables = new SortedDictionary<string, VersionTable>(StringComparer.Ordinal)
        {
            ["user_recommendations"] = _lists.Complete(),
            ["segment_defaults"] = _defaults.Complete(),
            ["item_neighbors"] = _neighbors.Complete(),
        };
        if (_arms is not null) tables["list_arms"] = _arms.Complete();
        foreach (var (name, part) in _places) tables[name] = part.Complete();
        return tables;
    }

    /// <summary>Writes the policy by which lists were drawn; null where they are not.</summary>
    public VersionFile? Policy()
    {
        if (_assignment is null) return null;
        string path = Path.Combine(_folder, DiversityPolicy.FileName);
        _assignment.Policy.Save(path);
        return new VersionFile(DiversityPolicy.FileName, 0, new FileInfo(path).Length, FileFingerprint.Of(path));
    }

    public void Dispose()
    {
        _lists.Dispose();
        _defaults.Dispose();
        _neighbors.Dispose();
        _arms?.Dispose();
        foreach (var part in _places.Values) part.Dispose();
    }

    private static ValueColumn<double> Doubles(ColumnField field, float[] values) => new(field, values.Length, Array.ConvertAll(values, v => (double)v));
}
