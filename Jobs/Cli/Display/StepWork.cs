using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Jobs.Cli.Display;

/// <summary>Work in steps that is not a run, shown as a run is: <c>eval</c> trains and ranks, <c>generate</c> writes.</summary>
internal sealed class StepWork
{
    private readonly TimeProvider _time;
    private readonly IRunObserver _observer;
    private readonly Func<IStageProgress, StageContext> _context;
    private readonly IReadOnlyList<string> _steps;

    private StepWork(string name, IReadOnlyList<string> steps, TimeProvider time, IRunObserver observer, Func<IStageProgress, StageContext> context)
    {
        (_time, _observer, _context, _steps) = (time, observer, context, steps);
        observer.On(new RunStarted(name, name, false, steps));
    }

    /// <param name="steps">All names that <paramref name="work"/> gives to <see cref="Do"/>, in order.</param>
    public static Task<T> Show<T>(Invocation call, string name, IReadOnlyList<string> steps, RunsOptions options, Func<StepWork, T> work) =>
        LiveRun.Show(call.Screen, call.CliContext.Time, observer =>
        {
            StageContext Context(IStageProgress progress) => new(options.EffectiveThreads, options.Seed, call.CliContext.Time, progress, call.Cancellation);
            return Task.FromResult(work(new StepWork(name, steps, call.CliContext.Time, observer, Context)));
        });

    /// <summary>Does one step and tells how long it took.</summary>
    public T Do<T>(string step, Func<StageContext, T> work, out TimeSpan took)
    {
        int number = _steps.ToList().IndexOf(step) + 1;
        _observer.On(new StageStarted(step, number, _steps.Count, ""));
        long began = _time.GetTimestamp();
        try
        {
            var result = work(_context(new ProgressMeter(step, _time, _observer)));
            took = _time.GetElapsedTime(began);
            _observer.On(new StageFinished(step, took, 0));
            return result;
        }
        catch (Exception e)
        {
            _observer.On(new StageFailed(step, e is OperationCanceledException ? StageState.Cancelled : StageState.Failed, e.Message));
            throw;
        }
    }
}
