using Parquet;
using Parquet.Schema;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Parquet.Writing;

/// <summary>
/// Lists of float32: members one behind the other, and for each member, empty list or null one entry of a definition and a repetition level, as the format
/// nests them (Melnik et al. 2010, "Dremel").
/// </summary>
internal sealed class ListGroup : ColumnGroup
{
    private const int NullList = 0, EmptyList = 1, Member = 3;

    private float[] _members = [];
    private int[] _definition = [], _repetition = [];
    private int _count, _entries;

    private ListGroup(ListField list, DataField<float> member) : base(member) => SchemaField = list;

    public override Field SchemaField { get; }

    public static ListGroup Create(string name)
    {
        var member = new DataField<float>("element", nullable: true);
        return new ListGroup(new ListField(name, member), member);
    }

    public override Task WriteAsync(ParquetRowGroupWriter group) => group.WriteAllPartsAsync<float>(
        Stored, _members.AsMemory(0, _count), _definition.AsMemory(0, _entries), _repetition.AsMemory(0, _entries), CancellationToken.None);

    public override ChunkStatistics Statistics() => new(_entries - _count, null, null);

    public override void Clear()
    {
        base.Clear();
        (_count, _entries) = (0, 0);
    }

    protected override void Take(Column column, int first, ReadOnlySpan<int> levels)
    {
        var lists = (FloatListColumn)column;
        int members = 0;
        for (int row = 0; row < levels.Length; row++) members = checked(members + lists[first + row].Length);
        Fit(ref _members, _count, members);
        Fit(ref _definition, _entries, members + levels.Length);
        Fit(ref _repetition, _entries, members + levels.Length);
        for (int row = 0; row < levels.Length; row++)
        {
            var list = lists[first + row];
            if (levels[row] == 0 || list.Length == 0)
            {
                (_definition[_entries], _repetition[_entries]) = (levels[row] == 0 ? NullList : EmptyList, 0);
                _entries++;
                continue;
            }
            list.CopyTo(_members.AsSpan(_count));
            _count += list.Length;
            _definition.AsSpan(_entries, list.Length).Fill(Member);
            _repetition.AsSpan(_entries, list.Length).Fill(1);
            _repetition[_entries] = 0;
            _entries += list.Length;
        }
    }

    private static void Fit<T>(ref T[] array, int used, int more)
    {
        long needed = (long)used + more;
        if (needed > Array.MaxLength)
            throw new ArgumentException($"lists have {needed} members in a row group; expected at most {Array.MaxLength}: write fewer rows a row group");
        if (array.Length < needed) Array.Resize(ref array, (int)Math.Min(Array.MaxLength, Math.Max(needed, array.Length * 2L)));
    }
}
