using Recsys.Batch.Jobs.Text;
using Recsys.Batch.Pipeline.Runs;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Recsys.Batch.Jobs.Cli.Display;

/// <summary>Shows a run while it works: on a terminal one line a stage, redrawn in place; elsewhere a plain line for what is worth one.</summary>
internal static class LiveRun
{
    private const int FramesPerSecond = 8;

    /// <summary>Calls <paramref name="run"/> with an observer and shows what it says until it ends.</summary>
    public static async Task<T> Show<T>(Screen screen, TimeProvider time, Func<IRunObserver, Task<T>> run)
    {
        if (!screen.IsTerminal) return await run(new PlainRun(screen, time)).ConfigureAwait(false);
        var board = new RunBoard(time);
        T result = default!;
        await screen.Console.Live(Draw(board, screen.Console.Profile.Width)).AutoClear(false).Overflow(VerticalOverflow.Ellipsis).StartAsync(async live =>
        {
            // The stages work on threads of their own: the display must not wait for them, nor they for it.
            var work = Task.Run(() => run(new BoardObserver(board)));
            using var ticker = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / FramesPerSecond), time);
            while (!work.IsCompleted)
            {
                live.UpdateTarget(Draw(board, screen.Console.Profile.Width));
                await Task.WhenAny(work, ticker.WaitForNextTickAsync().AsTask()).ConfigureAwait(false);
            }
            live.UpdateTarget(Draw(board, screen.Console.Profile.Width));
            result = await work.ConfigureAwait(false);
        }).ConfigureAwait(false);
        return result;
    }

    /// <summary>The board as a grid that fits <paramref name="width"/> columns.</summary>
    internal static IRenderable Draw(RunBoard board, int width)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(1));
        grid.AddColumn(new GridColumn().NoWrap().PadRight(2))
            .AddColumn(new GridColumn().NoWrap().PadRight(2))
            .AddColumn(new GridColumn().NoWrap().RightAligned().PadRight(2))
            .AddColumn(new GridColumn().NoWrap());
        int bar = Math.Clamp(width / 6, 10, 30);
        foreach (var line in board.Lines)
            grid.AddRow(
                new Markup(Glyph(line.Mark)),
                new Markup($"[bold]{Screen.Cell(line.Name)}[/]"),
                new Markup(Bar(line, bar)),
                new Markup(line.Mark == StageMark.Waiting ? "" : Format.Duration(board.Elapsed(line))),
                new Markup(Words(line, narrow: width < 110)) { Overflow = Overflow.Ellipsis });
        // Never a single line: some terminals take "up by none" for "up by one", and the display would climb.
        return new Rows(new Markup($"[bold]{Screen.Cell(board.Title)}[/]"), board.Lines.Count > 0 ? grid : new Markup("[grey]...[/]"));
    }

    private static string Glyph(StageMark mark) => mark switch
    {
        StageMark.Working => "[yellow]>[/]",
        StageMark.Done => "[green]✓[/]",
        StageMark.Reused => "[green]=[/]",
        StageMark.Failed => "[red]✗[/]",
        _ => "[grey]·[/]",
    };

    private static string Bar(StageLine line, int width)
    {
        double share = line.Mark switch
        {
            StageMark.Done or StageMark.Reused => 1,
            _ => line.Last is { Total: > 0 } p ? Math.Clamp((double)p.Done / p.Total, 0, 1) : 0,
        };
        int full = (int)Math.Round(share * width);
        string colour = line.Mark switch { StageMark.Working => "yellow", StageMark.Failed => "red", _ => "green" };
        return $"[{colour}]{new string('━', full)}[/][grey35]{new string('━', width - full)}[/]";
    }

    private static string Words(StageLine line, bool narrow) => line.Mark switch
    {
        StageMark.Working when line.Last is { } p => Progress(p, narrow),
        StageMark.Working => line.Usual is { } usual ? $"[grey]starting · takes about {Format.Duration(usual)}[/]" : "[grey]starting[/]",
        StageMark.Failed => $"[red]{Screen.Cell(line.Remark)}[/]",
        StageMark.Waiting => "",
        _ => $"[grey]{Screen.Cell(line.Remark)}[/]",
    };

    private static string Progress(StageProgressed p, bool narrow)
    {
        string units = narrow ? "" : " " + Format.Plural(p.Unit);
        string done = p.Total > 0 ? $"{Format.Count(p.Done)}/{Format.Count(p.Total)}{units}" : p.Done > 0 ? $"{Format.Count(p.Done)}{units}" : "";
        string rate = p.PerSecond > 0 ? $" · {Format.Rate(p.PerSecond, narrow ? "" : p.Unit)}" : "";
        string left = p.Left is { } t && p.Done < p.Total ? $" · {Format.Duration(t)} left"
            : p is { Left: null, StageLeft: { } ofStage } ? $" · about {Format.Duration(ofStage)} left of the stage" : "";
        return $"{Screen.Cell(p.Step)} [grey]{Screen.Cell(done + rate + left)}[/]";
    }

    private sealed class BoardObserver(RunBoard board) : IRunObserver
    {
        public void On(RunEvent happened) => board.On(happened);
    }
}
