using System.Text;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Parquet;

/// <summary>Yes and no, as booleans, numbers (0 is no) and the words that shops print.</summary>
internal static class FlagText
{
    private static readonly HashSet<string> Yes = new(StringComparer.OrdinalIgnoreCase)
    {
        "y", "yes", "true", "t", "1", "on", "active", "enabled", "available", "in stock", "instock", "in_stock", "visible", "published", "live", "x",
        "ja", "j", "oui", "si", "sí",
    };

    private static readonly HashSet<string> No = new(StringComparer.OrdinalIgnoreCase)
    {
        "n", "no", "false", "f", "0", "off", "inactive", "disabled", "unavailable", "not available", "out of stock", "outofstock", "out_of_stock", "hidden",
        "unpublished", "draft",
        "archived", "deleted", "discontinued", "sold out", "soldout", "sold_out", "nein", "non",
    };

    /// <summary>Null where there is no value, or none that says yes or no.</summary>
    /// <param name="understood">False for a value that says neither.</param>
    public static bool? Of(Column column, int row, out bool understood)
    {
        understood = true;
        if (CellText.IsNull(column, row)) return null;
        switch (column)
        {
            case ValueColumn<bool> c: return c.Values[row];
            case ValueColumn<int> c: return c.Values[row] != 0;
            case ValueColumn<long> c: return c.Values[row] != 0;
            case ValueColumn<double> c: return c.Values[row] != 0;
            case Utf8Column c:
                if (CellText.IsNullWord(c[row].Trim(" \t"u8))) return null;
                // schema.org spells it as an address: https://schema.org/InStock.
                string text = Encoding.UTF8.GetString(c[row]).Trim();
                string word = text[(text.LastIndexOf('/') + 1)..];
                if (Yes.Contains(word)) return true;
                if (No.Contains(word)) return false;
                if (NumberText.TryParse(c[row], out double number)) return number != 0;
                understood = false;
                return null;
            default: throw new InvalidOperationException($"column '{column.Field.Name}' of type {column.Field.Type} is not a flag");
        }
    }
}
