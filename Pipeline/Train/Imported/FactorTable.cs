using System.Globalization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Parquet.Vectors;

namespace Recsys.Batch.Pipeline.Train.Imported;

/// <summary>One side's factors, from Parquet to where the log's ids have their index.</summary>
internal sealed class FactorTable(string pathKey, string path, VectorColumns columns, IParquetReader reader, bool stripDecimalZero)
{
    public IReadOnlyList<string> Files()
    {
        var files = reader.Expand(path);
        return files.Count > 0
            ? files
            : throw new ConfigurationException($"{pathKey} is '{path}', which matches no Parquet file; expected the factors that were trained elsewhere");
    }

    /// <param name="ids">The log's ids; none is added.</param>
    /// <param name="show">How an id of the file appears in a message.</param>
    /// <param name="sample">An id that the log does not know, as it may be shown; null where there is none.</param>
    /// <exception cref="ConfigurationException">No file, or a column that is missing or cannot hold what it should.</exception>
    /// <exception cref="RunFailedException">
    /// A file that is corrupt; a row without an id, an id that comes twice, factors that are null, of another width or no finite numbers.
    /// </exception>
    public ImportedSide Read(IdMap ids, Func<string, string> show, out string? sample, CancellationToken cancellation)
    {
        var rows = new VectorRows(columns, stripDecimalZero, show);
        var known = new bool[ids.Count];
        var seen = new IdMap();
        FactorMatrix? factors = null;
        int unknown = 0;
        sample = null;
        foreach (string file in Files())
        {
            foreach (var batch in columns.Read(reader, file, cancellation))
            {
                for (int row = 0; row < batch.RowCount; row++)
                {
                    string id = rows.Id(batch, row);
                    int before = seen.Count;
                    if (seen.Add(id) < before) throw rows.Twice(batch, row, id);
                    var vector = rows.Vector(batch, row, id);
                    if (vector.IsEmpty)
                    {
                        throw VectorRows.Bad(
                            batch, row,
                            $"the factors of '{rows.Shown(id)}' are null; "
                            + $"expected {(factors is null ? "numbers" : string.Create(CultureInfo.InvariantCulture, $"{factors.Rank} numbers"))}, or no row");
                    }
                    factors ??= new FactorMatrix(ids.Count, vector.Length);
                    int index = ids.Find(id);
                    if (index < 0)
                    {
                        unknown++;
                        sample ??= rows.Shown(id);
                        continue;
                    }
                    vector.CopyTo(factors.Row(index));
                    known[index] = true;
                }
            }
        }
        return factors is null
            ? throw new RunFailedException($"{pathKey}: {path} has no rows; expected factors of {columns.Id}")
            : new ImportedSide(factors, known, unknown);
    }
}
