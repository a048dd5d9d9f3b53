using System.Globalization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Pipeline.Ingest.Reading;

/// <summary>A column of numbers, of any width or as text: as float32, or, where every digit counts, as they are.</summary>
internal static class NumberColumn
{
    /// <summary>What stands for text that is not a number: no quantity, price or rating is so low.</summary>
    public const float Unreadable = float.NegativeInfinity;

    /// <param name="column">Null: no row has a value.</param>
    public static void Read(Column? column, Span<float> into, float whenNull)
    {
        switch (column)
        {
            case null:
                into.Fill(whenNull);
                return;
            case ValueColumn<int> c:
                for (int row = 0; row < into.Length; row++) into[row] = c.Values[row];
                break;
            case ValueColumn<long> c:
                for (int row = 0; row < into.Length; row++) into[row] = c.Values[row];
                break;
            case ValueColumn<double> c:
                for (int row = 0; row < into.Length; row++) into[row] = double.IsNaN(c.Values[row]) ? whenNull : (float)c.Values[row];
                break;
            case Utf8Column c:
                for (int row = 0; row < into.Length; row++) into[row] = (float)Of(c, row, whenNull);
                return;
            default:
                throw new InvalidOperationException($"column '{column.Field.Name}' of type {column.Field.Type} is not a number");
        }
        if (column.Validity is null) return;
        for (int row = 0; row < into.Length; row++)
            if (column.IsNull(row)) into[row] = whenNull;
    }

    /// <summary>As they are; of float32 the shortest decimals, which is what was written.</summary>
    /// <param name="column">Null: no row has a value.</param>
    public static void ReadExact(Column? column, Span<double> into, double whenNull)
    {
        if (double.IsNaN(whenNull) && column is ValueColumn<double> { Field.Bits: 64, Validity: null } whole)
        {
            whole.Values.CopyTo(into);
            return;
        }
        for (int row = 0; row < into.Length; row++) into[row] = Of(column, row, whenNull);
    }

    /// <summary>The number that the fewest digits say which tell it from other floats: 9.99 for the float next to 9.99.</summary>
    public static double Shortest(float value)
    {
        // Of six digits no two decimals are one float, so one that gives the float is the shortest; most prices are such, and printing takes longer.
        if (Math.Abs(value) < 10_000)
        {
            double cents = Math.Round((double)value * 100) / 100;
            if ((float)cents == value) return cents;
        }
        return Parsed(value.ToString("R", CultureInfo.InvariantCulture));
    }

    /// <summary>One cell; <see cref="Unreadable"/> where its text is not a number.</summary>
    public static double Of(Column? column, int row, double whenNull)
    {
        if (column is null || CellText.IsNull(column, row)) return whenNull;
        switch (column)
        {
            case ValueColumn<int> c: return c.Values[row];
            case ValueColumn<long> c: return c.Values[row];
            case ValueColumn<double> c:
                return c.Field.Bits switch
                {
                    16 => Parsed(((Half)c.Values[row]).ToString("R", CultureInfo.InvariantCulture)),
                    32 => Shortest((float)c.Values[row]),
                    _ => c.Values[row],
                };
            case ValueColumn<bool> c: return c.Values[row] ? 1 : 0;
            case Utf8Column c:
                var text = c[row].Trim(" \t"u8);
                return CellText.IsNullWord(text) ? whenNull : NumberText.TryParse(text, out double value) ? value : Unreadable;
            default: throw new InvalidOperationException($"column '{column.Field.Name}' of type {column.Field.Type} is not a number");
        }
    }

    private static double Parsed(string number) => double.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture);
}
