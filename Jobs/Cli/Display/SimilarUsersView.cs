using System.Globalization;
using Recsys.Batch.Jobs.Text;
using Spectre.Console;

namespace Recsys.Batch.Jobs.Cli.Display;

/// <summary>Users whose interests are nearest to one user's, as a table.</summary>
internal static class SimilarUsersView
{
    public static void Write(Screen screen, string userId, string version, IReadOnlyList<(string UserId, double Cosine)> users)
    {
        screen.Markup($"[bold]User {Screen.Cell(userId)}[/] [grey]· version {Screen.Cell(version)} · nearest by what they bought is said to be[/]");
        var table = screen.Table();
        table.AddColumn(new TableColumn("#").RightAligned().NoWrap());
        table.AddColumn("User");
        table.AddColumn(new TableColumn("Cosine").RightAligned().NoWrap());
        for (int at = 0; at < users.Count; at++)
        {
            table.AddRow(
                (at + 1).ToString(CultureInfo.InvariantCulture), Screen.Cell(users[at].UserId), Format.Number(users[at].Cosine, "0.0000"));
        }
        screen.Console.Write(table);
    }
}
