using System.Globalization;
using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Parquet.Vectors;

/// <summary>Ids and vectors of a table's rows, checked: all vectors are of one length and finite.</summary>
/// <param name="stripDecimalZero">Whether <c>25671.0</c> is the id <c>25671</c>, as for the logs.</param>
/// <param name="show">How an id appears in a message; null: as it is.</param>
internal sealed class VectorRows(VectorColumns columns, bool stripDecimalZero, Func<string, string>? show = null)
{
    /// <summary>Longest vector, in floats.</summary>
    public const int MaxDimensions = 16_384;

    private float[] _vector = [];
    private (ColumnBatch? Of, Column?[] Members) _group = (null, []);

    /// <summary>Length of the vectors; 0 before the first.</summary>
    public int Dimensions => _vector.Length;

    /// <summary>The id as the logs write it.</summary>
    /// <exception cref="RunFailedException">The row has no id.</exception>
    public string Id(ColumnBatch batch, int row)
    {
        string id = Text(batch.Find(columns.Id), row);
        if (stripDecimalZero && id.EndsWith(".0", StringComparison.Ordinal)) id = id[..^2];
        return id.Length > 0 ? id : throw Bad(batch, row, $"'{columns.Id}' is empty; every row needs an id");
    }

    /// <summary>The row's vector, until the next one is asked for; empty where it is null.</summary>
    /// <exception cref="RunFailedException">The vector has another length than those before it, or a value that is not a finite number.</exception>
    public ReadOnlySpan<float> Vector(ColumnBatch batch, int row, string id)
    {
        if (batch.Find(columns.List) is FloatListColumn lists)
        {
            if (lists.IsNull(row)) return [];
            Fit(batch, row, id, lists[row].Length);
            lists[row].CopyTo(_vector);
        }
        else
        {
            var members = Members(batch);
            if (Array.TrueForAll(members, m => m is null || CellText.IsNull(m, row))) return [];
            Fit(batch, row, id, members.Length);
            for (int k = 0; k < _vector.Length; k++) _vector[k] = Number(batch, members[k], row);
        }
        for (int k = 0; k < _vector.Length; k++)
        {
            if (!float.IsFinite(_vector[k]))
            {
                throw Bad(
                    batch, row,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"value {k} of the vector of '{Shown(id)}' is null or {_vector[k]}; expected finite numbers, or no vector at all"));
            }
        }
        return _vector;
    }

    /// <summary>The fault of an id that an earlier row has too.</summary>
    public RunFailedException Twice(ColumnBatch batch, int row, string id) =>
        Bad(batch, row, $"'{columns.Id}' is '{Shown(id)}', which an earlier row has too; expected one row an id");

    public static RunFailedException Bad(ColumnBatch batch, int row, string what) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{batch.File}: row {batch.FirstRow + row}: {what}"));

    public string Shown(string id)
    {
        string text = show is null ? id : show(id);
        return text.Length <= 60 ? text : text[..59] + "…";
    }

    // Once a batch: to find each of a row's columns by name costs the square of their number.
    private Column?[] Members(ColumnBatch batch)
    {
        if (_group.Of != batch) _group = (batch, [.. columns.Group.Select(batch.Find)]);
        return _group.Members;
    }

    private void Fit(ColumnBatch batch, int row, string id, int length)
    {
        if (_vector.Length == 0)
        {
            if (length is 0 or > MaxDimensions)
                throw Bad(batch, row, $"the vector of '{Shown(id)}' has {length} values; expected 1 to {MaxDimensions}, or null where there is none");
            _vector = new float[length];
        }
        if (length != _vector.Length)
            throw Bad(batch, row, $"the vector of '{Shown(id)}' has {length} values; expected {_vector.Length}, as the rows before it");
    }

    private static string Text(Column? column, int row)
    {
        if (column is null || CellText.IsNull(column, row)) return "";
        Span<byte> scratch = stackalloc byte[CellText.MaxLength];
        return Encoding.UTF8.GetString(CellText.Of(column, row, scratch));
    }

    private static float Number(ColumnBatch batch, Column? column, int row) => column is null || CellText.IsNull(column, row) ? float.NaN : column switch
    {
        ValueColumn<int> c => c.Values[row],
        ValueColumn<long> c => c.Values[row],
        ValueColumn<double> c => (float)c.Values[row],
        Utf8Column c => NumberText.TryParse(c[row], out double value) ? (float)value
            : throw Bad(batch, row, $"'{c.Field.Name}' is '{CellText.Shown(c, row)}', which is no number; name another column"),
        _ => throw new InvalidOperationException(column.GetType().Name),
    };
}
