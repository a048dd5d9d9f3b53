using System.CommandLine;
using System.Text;
using Recsys.Batch.Jobs.Cli;

namespace Recsys.Batch.Jobs.Tests.Cli;

/// <summary>Help is what people read first, and scripts are written after it: a change of it must be meant.</summary>
[TestClass]
internal sealed class HelpTests
{
    private static readonly string Snapshot = Path.Combine(Repository.Root, "Tests", "Jobs.Tests", "Cli", "help.txt");

    [TestMethod]
    public async Task Help_of_every_command_is_the_one_that_was_agreed_on()
    {
        using var nowhere = new StringWriter();
        var text = new StringBuilder();
        foreach (var path in Paths(CommandLine.Root(new CliContext { Out = nowhere, Error = nowhere }), []))
        {
            var called = await Called.With([.. path, "--help"]);
            Assert.AreEqual(0, called.ExitCode, called.ToString());
            text.Append("# ")
                .AppendJoin(' ', path.Append("--help"))
                .Append('\n')
                .Append(called.Out.Replace(RootCommand.ExecutableName, "recsys", StringComparison.Ordinal));
        }
        string now = string.Join('\n', text.ToString().Split('\n').Select(l => l.TrimEnd()));

        if (Environment.GetEnvironmentVariable("ACCEPT_HELP") == "1") await File.WriteAllTextAsync(Snapshot, now);
        Assert.AreEqual(await File.ReadAllTextAsync(Snapshot), now, "where the change is meant: run this test once with ACCEPT_HELP=1 and commit help.txt");
    }

    private static IEnumerable<string[]> Paths(Command command, string[] path) =>
        command.Subcommands.Where(c => !c.Hidden).SelectMany(c => Paths(c, [.. path, c.Name])).Prepend(path);
}
