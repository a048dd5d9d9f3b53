using System.Globalization;
using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Embed.Own;

/// <summary>Takes rows in, one batch after the other, and puts each vector where its item is.</summary>
internal sealed class OwnRows(OwnOptions options, IdMap items, bool stripDecimalZero)
{
    private readonly bool[] _seen = new bool[items.Count];
    private readonly HashSet<string> _strangers = new(StringComparer.Ordinal);
    private FactorMatrix? _rows;
    private float[] _vector = [];

    /// <summary>Items that have a vector.</summary>
    public int Known { get; private set; }

    /// <summary>Rows of ids that are no items.</summary>
    public int Unknown => _strangers.Count;

    public void Add(ColumnBatch batch)
    {
        var ids = batch.Columns[0];
        for (int row = 0; row < batch.RowCount; row++)
        {
            string id = Id(ids, row);
            if (id.Length == 0) throw Bad(batch, row, $"'{options.Id}' is empty; every row needs the id of its item");
            int item = items.Find(id);
            if (item < 0 ? !_strangers.Add(id) : _seen[item])
                throw Bad(batch, row, $"'{options.Id}' is '{Shown(id)}', which an earlier row has too; expected one row an item");
            if (item >= 0) _seen[item] = true;
            if (!Vector(batch, row, id) || item < 0) continue;
            _rows ??= new FactorMatrix(items.Count, _vector.Length);
            _vector.CopyTo(_rows.Row(item));
            Known++;
        }
    }

    public EmbeddingTable ToTable() => EmbeddingTable.Normalize(_rows ?? new FactorMatrix(items.Count, Math.Max(1, _vector.Length)));

    // Null is an item of which the modality says nothing; what is there must be whole.
    private bool Vector(ColumnBatch batch, int row, string id)
    {
        var first = batch.Columns[1];
        if (first is FloatListColumn lists)
        {
            if (lists.IsNull(row)) return false;
            Fit(batch, row, id, lists[row].Length);
            lists[row].CopyTo(_vector);
        }
        else
        {
            int missing = 0;
            for (int k = 1; k < batch.Columns.Count; k++) missing += batch.Columns[k].IsNull(row) ? 1 : 0;
            if (missing == batch.Columns.Count - 1) return false;
            Fit(batch, row, id, batch.Columns.Count - 1);
            for (int k = 0; k < _vector.Length; k++) _vector[k] = Number(batch.Columns[k + 1], row);
        }
        for (int k = 0; k < _vector.Length; k++)
        {
            if (!float.IsFinite(_vector[k]))
                throw Bad(batch, row, string.Create(CultureInfo.InvariantCulture, $"value {k} of the vector of '{Shown(id)}' is null or {_vector[k]}; expected finite numbers, or no vector at all"));
        }
        return true;
    }

    private void Fit(ColumnBatch batch, int row, string id, int length)
    {
        if (_vector.Length == 0)
        {
            if (length is 0 or > OwnEmbeddings.MostDimensions)
                throw Bad(batch, row, $"the vector of '{Shown(id)}' has {length} values; expected 1 to {OwnEmbeddings.MostDimensions}, or null where there is none");
            _vector = new float[length];
        }
        if (length != _vector.Length) throw Bad(batch, row, $"the vector of '{Shown(id)}' has {length} values; expected {_vector.Length}, as the rows before it");
    }

    private string Id(Column column, int row)
    {
        if (column.IsNull(row)) return "";
        string id = column switch
        {
            Utf8Column c => Encoding.UTF8.GetString(c[row]),
            ValueColumn<int> c => c.Values[row].ToString(CultureInfo.InvariantCulture),
            ValueColumn<long> c => c.Values[row].ToString(CultureInfo.InvariantCulture),
            ValueColumn<double> c => c.Values[row].ToString("R", CultureInfo.InvariantCulture),
            _ => throw new InvalidOperationException(column.GetType().Name),
        };
        return stripDecimalZero && id.EndsWith(".0", StringComparison.Ordinal) ? id[..^2] : id;
    }

    private static float Number(Column column, int row) => column.IsNull(row) ? float.NaN : column switch
    {
        ValueColumn<int> c => c.Values[row],
        ValueColumn<long> c => c.Values[row],
        ValueColumn<double> c => (float)c.Values[row],
        _ => throw new InvalidOperationException(column.GetType().Name),
    };

    private static RunFailedException Bad(ColumnBatch batch, int row, string what) => new($"{batch.File}: row {batch.FirstRow + row}: {what}");

    private static string Shown(string id) => id.Length <= 60 ? id : id[..59] + "…";
}
