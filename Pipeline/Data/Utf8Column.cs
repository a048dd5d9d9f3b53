namespace Recsys.Batch.Pipeline.Data;

/// <summary>
/// UTF-8 strings: row i is <c>Bytes[Offsets[i]..Offsets[i + 1]]</c>; a null row is empty. Of a column that its file stores by a dictionary the rows are
/// <see cref="Codes"/>, and no row's bytes are copied until somebody asks for all of them.
/// </summary>
internal sealed class Utf8Column : Column
{
    private readonly int[] _codes = [];
    private int[]? _offsets;
    private byte[] _bytes = [];

    public Utf8Column(ColumnField field, int count, int[] offsets, byte[] bytes, ulong[]? validity = null)
        : base(field, count, validity) => (_offsets, _bytes) = (offsets, bytes);

    /// <param name="codes">A row's place in the dictionary; -1 where it is null.</param>
    public Utf8Column(ColumnField field, int count, TextDictionary dictionary, int[] codes, ulong[]? validity)
        : base(field, count, validity) => (Dictionary, _codes) = (dictionary, codes);

    /// <summary>The texts that the rows refer to by their codes; null where each row has its own.</summary>
    public TextDictionary? Dictionary { get; }

    /// <summary>Of each row its place in <see cref="Dictionary"/>, -1 where it is null; empty where there is no dictionary.</summary>
    public ReadOnlySpan<int> Codes => Dictionary is null ? [] : _codes.AsSpan(0, Count);

    /// <summary><see cref="Column.Count"/> + 1 ascending offsets into <see cref="Bytes"/>.</summary>
    public ReadOnlySpan<int> Offsets => Written().AsSpan(0, Count + 1);

    public ReadOnlySpan<byte> Bytes
    {
        get
        {
            // First, since it may make the bytes.
            int end = Written()[Count];
            return _bytes.AsSpan(0, end);
        }
    }

    public ReadOnlySpan<byte> this[int row] => Dictionary is null ? _bytes.AsSpan(_offsets![row], _offsets[row + 1] - _offsets[row])
        : _codes[row] < 0 ? [] : Dictionary[_codes[row]];

    private int[] Written()
    {
        if (_offsets is not null) return _offsets;
        var offsets = new int[Count + 1];
        for (int row = 0; row < Count; row++) offsets[row + 1] = checked(offsets[row] + this[row].Length);
        _bytes = new byte[offsets[Count]];
        for (int row = 0; row < Count; row++) this[row].CopyTo(_bytes.AsSpan(offsets[row]));
        return _offsets = offsets;
    }
}
