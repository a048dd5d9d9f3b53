using System.CommandLine;
using Recsys.Batch.Jobs.Cli.Display;
using Recsys.Batch.Jobs.Cli.Doctor;
using Spectre.Console;

namespace Recsys.Batch.Jobs.Cli.Commands;

/// <summary><c>doctor</c>: what this machine offers and what is misconfigured. Exit code 2 for faults of configuration, 1 for others.</summary>
internal static class DoctorCommand
{
    public static Command Build(CliContext surroundings)
    {
        var output = OutputOption.New();
        return new Command("doctor", "What this machine offers, and what is misconfigured") { output }.Does(surroundings, call =>
        {
            List<Finding> findings =
            [
                .. MachineFindings.All(), .. EngineFindings.All(), .. TextFindings.All(call, output), .. ConfigurationFindings.All(call, output),
            ];
            var table = call.Screen.Table();
            table.HideHeaders();
            foreach (string _ in (string[])["area", "state", "name", "value"]) table.AddColumn("");
            foreach (int narrow in (int[])[0, 1, 2]) table.Columns[narrow].NoWrap();
            string last = "";
            foreach (var f in findings)
            {
                table.AddRow(f.Area == last ? "" : $"[bold]{Screen.Cell(f.Area)}[/]", Mark(f.State), Screen.Cell(f.Name), Screen.Cell(f.Value));
                last = f.Area;
            }
            call.Screen.Console.Write(table);
            int exitCode = findings.Any(f => f.State == FindingState.Misconfigured) ? 2 : findings.Any(f => f.State == FindingState.Broken) ? 1 : 0;
            call.Screen.Line(
                exitCode != 0 ? "What is marked with ! needs a hand."
                : findings.Any(f => f.State == FindingState.Outdated) ? "Nothing is wrong; what is marked old is refused by the next version."
                : "Nothing is wrong.");
            call.Screen.Json(new { Ok = exitCode == 0, Findings = findings });
            return Task.FromResult(exitCode);
        });
    }

    private static string Mark(FindingState state) => state switch
    {
        FindingState.Fine => "[green]ok[/]",
        FindingState.Absent => "[grey]-[/]",
        FindingState.Outdated => "[yellow]old[/]",
        _ => "[red]![/]",
    };
}
