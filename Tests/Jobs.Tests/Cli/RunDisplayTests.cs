using Recsys.Batch.Jobs.Cli;
using Recsys.Batch.Jobs.Cli.Display;
using Recsys.Batch.Jobs.Text;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Estimates;
using Recsys.Batch.Pipeline.Runs.Nightly;
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
    public void A_plan_has_times_and_memory_of_earlier_runs_and_their_total()
    {
        StagePlan[] plan =
        [
            new("ingest", true, "1 new or changed source files", null)
            {
                Source = new SourceSize(1_200_000, 50_000),
                Estimate = new StageEstimate(12, 11, 14, 300L << 20, 3, 1.04),
            },
            new("train", true, "takes from ingest, which would run", null) { Estimate = new StageEstimate(70, 60, 125, 2L << 30, 3, 1.04) },
            new("places", true, "not finished before", null),
            new("feedback", false, "nothing changed", "r0"),
        ];

        string told = Told(plan);

        StringAssert.Contains(told, "12 s (11 s to 14 s)");
        StringAssert.Contains(told, "1 min 10 s (1 min 00 s to 2 min 05 s)");
        StringAssert.Contains(told, "2.0 GiB");
        StringAssert.Contains(told, "not known");
        StringAssert.Contains(told, "1 min 22 s (1 min 11 s to 2 min 19 s)");
        StringAssert.Contains(told, "The log has 1,200,000 rows, 50,000 of them new. Times are the median of up to 3 earlier runs");
        StringAssert.Contains(told, "1 stage of which no earlier run tells comes on top");
        Assert.AreEqual(new PlanTotal(82, 71, 139, 2L << 30, 1), PlanView.TotalOf(plan));
    }

    [TestMethod]
    public void A_first_night_says_so_and_what_formulas_say()
    {
        string told = Told([new("ingest", true, "not finished before", null) { Source = new SourceSize(1_000_000, 1_000_000) }]);

        StringAssert.Contains(told, "No earlier run of this folder says how long that takes.");
        StringAssert.Contains(told, "ingest: at most 126 MiB for 1,000,000 rows (132 bytes a row)");
        StringAssert.Contains(told, "10 nominal minutes");
    }

    [TestMethod]
    public void Earlier_runs_stand_in_where_a_step_has_no_total()
    {
        using var text = new StringWriter();
        var time = new Ticking();
        var observer = new PlainRun(new Screen(new CliContext { Out = text, Error = text }, json: false), time);

        observer.On(new StageStarted("train", 2, 3, "options changed") { Estimate = new StageEstimate(90, 80, 100, null, 4, 1) });
        time.Seconds += 10;
        observer.On(new StageProgressed("train", "auto", 3, 0, "models", 0.3, null) { StageLeft = TimeSpan.FromSeconds(80) });

        StringAssert.Contains(text.ToString(), "[2/3] train: options changed (about 1 min 30 s, by 4 earlier runs)");
        StringAssert.Contains(text.ToString(), "auto: 3 models, 0.3 models/s, about 1 min 20 s left of the stage");
    }

    private static string Told(StagePlan[] plan)
    {
        using var text = new StringWriter();
        PlanView.Write(new Screen(new CliContext { Out = text, Error = text }, json: false), plan, new PipelineOptions());
        return text.ToString();
    }

    private sealed class Ticking : TimeProvider
    {
        public long Seconds { get; set; } = 100;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
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
