using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Parquet.Vectors;

namespace Recsys.Batch.Pipeline.Embed.Own;

/// <summary>Takes rows in, one batch after the other, and puts each vector where its item is.</summary>
internal sealed class OwnVectorRows(VectorRows vectors, IdMap items)
{
    private readonly bool[] _seen = new bool[items.Count];
    private readonly HashSet<string> _unknown = new(StringComparer.Ordinal);
    private FactorMatrix? _rows;

    /// <summary>Items that have a vector.</summary>
    public int Known { get; private set; }

    /// <summary>Rows of ids that are no items.</summary>
    public int Unknown => _unknown.Count;

    public void Add(ColumnBatch batch)
    {
        for (int row = 0; row < batch.RowCount; row++)
        {
            string id = vectors.Id(batch, row);
            int item = items.Find(id);
            if (item < 0 ? !_unknown.Add(id) : _seen[item]) throw vectors.Twice(batch, row, id);
            if (item >= 0) _seen[item] = true;
            // Null is an item of which the modality says nothing; what is there must be whole.
            var vector = vectors.Vector(batch, row, id);
            if (vector.IsEmpty || item < 0) continue;
            _rows ??= new FactorMatrix(items.Count, vector.Length);
            vector.CopyTo(_rows.Row(item));
            Known++;
        }
    }

    public EmbeddingTable ToTable() => EmbeddingTable.Normalize(_rows ?? new FactorMatrix(items.Count, Math.Max(1, vectors.Dimensions)));
}
