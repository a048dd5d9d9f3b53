using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Ingest.Reading;

/// <summary>A numeric column of any width as float32.</summary>
internal static class NumberColumn
{
    public static void Read(Column column, Span<float> into, float whenNull)
    {
        switch (column)
        {
            case ValueColumn<int> c:
                for (int row = 0; row < into.Length; row++) into[row] = c.Values[row];
                break;
            case ValueColumn<long> c:
                for (int row = 0; row < into.Length; row++) into[row] = c.Values[row];
                break;
            case ValueColumn<double> c:
                for (int row = 0; row < into.Length; row++) into[row] = (float)c.Values[row];
                break;
            default:
                throw new InvalidOperationException($"column '{column.Field.Name}' of type {column.Field.Type} is not a number");
        }
        if (column.Validity is null) return;
        for (int row = 0; row < into.Length; row++)
            if (column.IsNull(row)) into[row] = whenNull;
    }
}
