using System.CommandLine;
using System.Text;
using Recsys.Batch.Jobs.Cli.Display;
using Recsys.Batch.Jobs.Text;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Forget;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Spectre.Console;

namespace Recsys.Batch.Jobs.Cli.Commands;

/// <summary><c>forget USER...</c>: takes people who asked to be gone out of everything that is kept, keeps them out, and looks whether they are gone.</summary>
internal static class ForgetCommand
{
    public static Command Build(CliContext surroundings)
    {
        var users = new Argument<string[]>("USER")
        {
            Description = "Ids of users, as the logs write them; none finishes a forget that was cut short",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var file = new Option<string?>("--file")
        {
            Description = "A text file with an id a line, which keeps ids out of the shell's history",
            HelpName = "PATH",
        };
        var verify = new Option<bool>("--verify") { Description = "Only look for them: exit code 1 where one is found" };
        var allow = new Option<bool>("--allow") { Description = "Let them in again: users who came back; what went stays gone" };
        var output = OutputOption.New();
        return new Command("forget", "Take users out of state, models, every version and the database, and keep them out of coming logs")
        {
            users, file, verify, allow, output,
        }.Does(
            surroundings,
            async call =>
            {
                var night = call.Published(output);
                byte[][] ids = Ids(call, call.Arguments.GetValue(users) ?? [], call.Value(file), night.Ingest.StripDecimalZero);
                if (call.Value(verify) && call.Value(allow)) throw new ConfigurationException("forget takes --verify or --allow, not both");
                if (call.Value(verify)) return Tell(call, ids, ForgetSearch.Find(night.Publish, ids, call.Cancellation), null);
                using (OutputConnection.OpenForReading(night.Publish, call.CliContext.Time))
                {
                    // A typing error in --out must not make a folder.
                }
                if (call.Value(allow)) return Allow(call, night, ids);
                var report = await LiveRun.Show(
                    call.Screen, call.CliContext.Time,
                    observer => ForgetRun.RunAsync(night, ids, observer, call.CliContext.Time, VersionsCommand.AtCommandLine, call.Cancellation))
                    .ConfigureAwait(false);
                if (report is null)
                {
                    call.Screen.Line("Nobody was named, and nothing had been cut short.");
                    call.Screen.Json(new { Report = report, Found = Array.Empty<string>() });
                    return 0;
                }
                Write(call.Screen, report);
                return Tell(call, ids, ids.Length == 0 ? [] : ForgetSearch.Find(night.Publish, ids, call.Cancellation), report);
            },
            "The same command, or forget without users, goes on where it stopped; nobody comes back meanwhile.");
    }

    /// <param name="stripDecimalZero">Whether logs write 25671.0 for 25671.</param>
    private static byte[][] Ids(Invocation call, string[] users, string? file, bool stripDecimalZero)
    {
        var ids = new List<string>(users);
        if (file is not null)
        {
            string path = call.FullPath(file);
            if (!File.Exists(path)) throw new ConfigurationException($"--file is '{file}', and there is no such file; expected a text file with an id a line");
            ids.AddRange(File.ReadLines(path, Encoding.UTF8).Select(line => line.Trim()).Where(line => line.Length > 0));
        }
        return
        [
            .. ids.Select(id => stripDecimalZero && id.EndsWith(".0", StringComparison.Ordinal) ? id[..^2] : id)
                .Distinct(StringComparer.Ordinal).Select(Encoding.UTF8.GetBytes),
        ];
    }

    private static int Allow(Invocation call, PipelineOptions night, byte[][] ids)
    {
        if (ids.Length == 0) throw new ConfigurationException("--allow needs the users who came back");
        int allowed = ForgetRun.Allow(night, ids, call.CliContext.Time, VersionsCommand.AtCommandLine).Count;
        call.Screen.Line(
            $"{Format.Count(allowed)} of {Format.Count(ids.Length, "user")} may come back: what the logs bring of them from now on counts again. "
            + "Files that have been read already are not read again");
        call.Screen.Json(new { Asked = ids.Length, Allowed = allowed });
        return 0;
    }

    private static void Write(Screen screen, ForgetReport report)
    {
        var table = screen.Table();
        table.AddColumns("Where", "Went");
        table.AddRow("state", $"{Format.Count(report.StateUsers, "user")}, {Format.Count(report.StateEvents, "event")}");
        foreach (var version in report.Versions)
        {
            table.AddRow(
                Screen.Cell("version " + version.Version),
                version.IsDeleted ? "all of it: it was damaged" : $"{Format.Count(version.Users, "user")}, {Format.Count(version.Rows, "row")}");
        }
        table.AddRow("runs", $"{Format.Count(report.Artifacts, "file")} of histories, factors and lists");
        screen.Console.Write(table);
        screen.Line("Left to you:");
        foreach (string toDo in report.ToDo ?? []) screen.Line("- " + toDo);
    }

    private static int Tell(Invocation call, byte[][] ids, IReadOnlyList<string> found, ForgetReport? report)
    {
        if (ids.Length > 0)
        {
            call.Screen.Line(found.Count == 0
                ? $"Looked for {Format.Count(ids.Length, "user")} in every file and table of the output: found nowhere."
                : $"Found in {Format.Count(found.Count, "place")}:");
            foreach (string place in found) call.Screen.Line("- " + place);
            if (found.Count > 0) call.Screen.Line(report is null ? "Take them out with: forget" : "Look there, and ask again with forget.");
            if (report is not null && report.Asked.Count > report.Known.Count)
            {
                call.Screen.Line(
                    $"Not known here: {Format.Count(report.Asked.Count - report.Known.Count)} of {Format.Count(report.Asked.Count, "user")}. "
                    + "Were the ids written as the logs write them? They are kept out from now on all the same.");
            }
        }
        call.Screen.Json(new { Report = report, Found = found });
        return found.Count == 0 ? 0 : 1;
    }
}
