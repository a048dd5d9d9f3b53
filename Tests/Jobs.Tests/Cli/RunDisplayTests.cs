using Recsys.Batch.Jobs.Cli;
using Recsys.Batch.Jobs.Cli.Display;
using Recsys.Batch.Jobs.Text;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Stage;
using Spectre.Console;

namespace Recsys.Batch.Jobs.Tests.Cli;

[TestClass]
internal sealed class RunDisplayTests
{
    private static readonly RunEvent[] Night =
    [
        new RunStarted("r1", "nightly", false, ["ingest", "train", "publish"]),
        new StageSkipped("ingest", 1, 3, "r0", "nothing changed"),
        new StageStarted("train", 2, 3, "options changed"),
        new StageProgressed("train", "iALS", 9, 16, "iteration", 2.5, TimeSpan.FromSeconds(2.8)),
        new StageNote("train", "a title with \u001b[2J and [red]markup[/]"),
        new StageChecked("train", new ConstraintResult("model", "loss.falls", ConstraintLevel.Warn, 1, "below 1", "the loss did not fall")),
        new StageChecked("train", new ConstraintResult("model", "loss.finite", ConstraintLevel.Pass, 1, "finite", "fine")),
    ];

    [TestMethod]
    [DataRow(80)]
    [DataRow(140)]
    public void The_board_shows_each_stage_on_a_line_of_its_own_within_the_width(int width)
    {
        var board = new RunBoard(TimeProvider.System);
        foreach (var happened in Night) board.On(happened);
        using var text = new StringWriter();
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = width;

        console.Write(LiveRun.Draw(board, width));

        var lines = text.ToString().TrimEnd().Split('\n');
        Assert.AreEqual(4, lines.Length, text.ToString());
        Assert.IsTrue(lines.All(l => l.TrimEnd().Length <= width), text.ToString());
        StringAssert.Contains(lines[0], "nightly · run r1");
        StringAssert.Contains(lines[1], "unchanged, from r0");
        StringAssert.Contains(lines[2], width < 110 ? "iALS 9/16 · 2.5/s · 2.8 s left" : "iALS 9/16 iterations · 2.5 iterations/s · 2.8 s left");
        Assert.IsFalse(text.ToString().Contains('\u001b', StringComparison.Ordinal));
    }

    [TestMethod]
    public void Redirected_a_run_is_plain_lines_and_passed_checks_are_not_worth_one()
    {
        using var text = new StringWriter();
        var observer = new PlainRun(new Screen(new CliContext { Out = text, Error = text }, json: false), TimeProvider.System);

        foreach (var happened in Night) observer.On(happened);

        Assert.AreEqual(
            """
            run r1: nightly
            [1/3] ingest: unchanged, taken from r0
            [2/3] train: options changed
                  a title with \u001b[2J and [red]markup[/]
                  warn: loss.falls: the loss did not fall

            """,
            text.ToString());
    }

    [TestMethod]
    [DataRow(0.04, "0.0 s")]
    [DataRow(9.96, "10 s")]
    [DataRow(59.4, "59 s")]
    [DataRow(59.6, "1 min 00 s")]
    [DataRow(185, "3 min 05 s")]
    [DataRow(3725, "1 h 02 min")]
    public void Durations_read_well(double seconds, string expected) => Assert.AreEqual(expected, Format.Duration(TimeSpan.FromSeconds(seconds)));

    [TestMethod]
    [DataRow(181_234.5, "row", "181,000 rows/s")]
    [DataRow(2.5, "iteration", "2.5 iterations/s")]
    [DataRow(999.9, "users", "1000 users/s")]
    [DataRow(0, "row", "")]
    [DataRow(12, "entry", "12 entries/s")]
    public void Rates_keep_three_digits(double rate, string unit, string expected) => Assert.AreEqual(expected, Format.Rate(rate, unit));
}
