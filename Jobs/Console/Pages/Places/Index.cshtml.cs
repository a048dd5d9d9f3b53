using Microsoft.AspNetCore.Mvc.RazorPages;
using Recsys.Batch.Jobs.Console.Views;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Places;
using Recsys.Batch.Pipeline.Publish;

namespace Recsys.Batch.Jobs.Console.Pages.Places;

/// <summary>What the current version holds for the shop's other places, with rows to look at, and what places it could not make.</summary>
internal sealed class IndexModel(IOutputStore store, PlaceArchive archive, UserTokens tokens) : PageModel
{
    private const int RowsOfAKey = 5, RowsOfAKind = 2;

    public string? Current { get; private set; }

    public IReadOnlyList<PlaceView> Places { get; private set; } = [];

    public IReadOnlyList<PlaceReport> Missing { get; private set; } = [];

    public void OnGet()
    {
        Current = store.Current;
        if (Current is null) return;
        (Places, Missing) = (archive.Places(), archive.Missing());
    }

    public string Seal(string userId) => tokens.Seal(userId);

    /// <summary>The first rows; of several lists of one key the first of each.</summary>
    public static IEnumerable<PlaceRow> Shown(PlaceSample sample) =>
        sample.Shown.Rows.Where(r => r.Rank <= (r.Table.HasKinds ? RowsOfAKind : RowsOfAKey));

    /// <summary>Columns that rows differ in beside rank and item; the hundreds of numbers of a vector say nothing to people.</summary>
    public static IEnumerable<ColumnField> More(PlaceTable table) =>
        table.Columns.Skip(1).Where(c => c.Name != table.Item && c.Name is not ("rank" or PlaceTables.VectorColumn));

    /// <summary>Numbers stand to the right, a date stays on its line, and a narrow screen shows how much, a date or a kind alone.</summary>
    public static string Kind(PlaceTable table, ColumnField column) => column.Name is "due" or "day" ? "fit" :
        (column.Type == ColumnType.Utf8 ? "break" : "n") + (column.Name == table.Score || column.Type == ColumnType.Utf8 ? "" : " col-2");

    /// <summary>A column's value as people read it.</summary>
    public static string Words(object value) => value switch
    {
        int whole => whole.ToString("N0", System.Globalization.CultureInfo.InvariantCulture),
        double and 0 => "0",
        double number when Math.Abs(number) < 0.001 => number.ToString("0.0E+0", System.Globalization.CultureInfo.InvariantCulture),
        double number => number.ToString("0.###", System.Globalization.CultureInfo.InvariantCulture),
        _ => (string)value,
    };

    /// <summary>A table's or column's name with blanks and a capital letter.</summary>
    public static string Title(string name) => char.ToUpperInvariant(name[0]) + name[1..].Replace('_', ' ');
}
