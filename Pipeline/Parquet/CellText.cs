using System.Buffers.Text;
using System.Globalization;
using System.Text.Unicode;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Parquet;

/// <summary>
/// The one spelling of a cell, whatever type its column has: a whole number is its digits, so 1001, 1001.0 as a double and the text "1001" are the same id.
/// </summary>
internal static class CellText
{
    /// <summary>Bytes that a cell which is no text takes at most.</summary>
    public const int MaxLength = 40;

    /// <summary>Whether there is no value; a double that is not a number is none.</summary>
    public static bool IsNull(Column column, int row) => column.IsNull(row) || column is ValueColumn<double> d && double.IsNaN(d.Values[row]);

    /// <param name="scratch">At least <see cref="MaxLength"/> bytes, which the result may lie in.</param>
    public static ReadOnlySpan<byte> Of(Column column, int row, Span<byte> scratch)
    {
        int length;
        switch (column)
        {
            case Utf8Column c: return c[row];
            case ValueColumn<bool> c: return c.Values[row] ? "true"u8 : "false"u8;
            case ValueColumn<int> c:
                Utf8Formatter.TryFormat(c.Values[row], scratch, out length);
                return scratch[..length];
            case ValueColumn<long> c:
                Utf8Formatter.TryFormat(c.Values[row], scratch, out length);
                return scratch[..length];
            case ValueColumn<double> c:
                if (IsWhole(c.Values[row], out long whole)) Utf8Formatter.TryFormat(whole, scratch, out length);
                else c.Values[row].TryFormat(scratch, out length, "R", CultureInfo.InvariantCulture);
                return scratch[..length];
            default: throw new InvalidOperationException($"column '{column.Field.Name}' of type {column.Field.Type} has no text");
        }
    }

    /// <summary>The cell as text of a person, trimmed; null where there is none.</summary>
    public static string? Shown(Column? column, int row)
    {
        if (column is null || IsNull(column, row)) return null;
        Span<byte> scratch = stackalloc byte[MaxLength];
        string text = System.Text.Encoding.UTF8.GetString(Of(column, row, scratch)).Trim();
        return text.Length == 0 ? null : text;
    }

    /// <summary>Whether a double is a whole number that it holds exactly.</summary>
    public static bool IsWhole(double value, out long whole)
    {
        bool is_ = value == Math.Floor(value) && Math.Abs(value) <= 1L << 53;
        whole = is_ ? (long)value : 0;
        return is_;
    }

    /// <summary>Words that exporters print where there is no value.</summary>
    public static bool IsNullWord(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty) return true;
        if (text.Length > 6 || !Utf8.IsValid(text)) return false;
        foreach (var word in Words)
            if (System.Text.Ascii.EqualsIgnoreCase(text, word)) return true;
        return false;
    }

    private static readonly byte[][] Words = [.. new[] { "null", "nan", "none", "na", "n/a", "nat", "nil", "\\n", "-", "<na>", "(null)" }
        .Select(System.Text.Encoding.UTF8.GetBytes)];
}
