using System.Globalization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Train.Als;

/// <summary>Implicit ALS: alternates between users and items, each side solved with the other fixed (<see cref="AlsOptions"/> states the objective).</summary>
internal sealed class AlsTrainer(AlsOptions options) : ITrainer
{
    public const string Name = "ials";

    // Rounding of a converged objective; a real rise is divergence.
    private const double RiseAllowed = 1.01;

    public string Algorithm => Name;

    public AlsOptions Options { get; } = options;

    public ITrainedModel Train(InteractionMatrix interactions, StageContext context)
    {
        var options = Options.For(interactions);
        var run = new AlsRun(interactions, options, context);
        context.Progress.Metric("train.ials.objective.0", run.Objective());
        double last = double.PositiveInfinity;
        int lastAt = 0;
        for (int iteration = 1; iteration <= Options.Iterations; iteration++)
        {
            run.Iterate();
            context.Progress.Step("ials", iteration, Options.Iterations, "iterations");
            if (iteration % Options.ObjectiveEvery != 0 && iteration != Options.Iterations) continue;
            double now = run.Objective();
            context.Progress.Metric(string.Create(CultureInfo.InvariantCulture, $"train.ials.objective.{iteration}"), now);
            Guard(iteration, last, now);
            if (Options.Tolerance > 0 && last - now < (iteration - lastAt) * Options.Tolerance * now)
            {
                context.Progress.Note(string.Create(
                    CultureInfo.InvariantCulture,
                    $"ials: stopped after {iteration} of {Options.Iterations} iterations: the objective fell by less than {Options.Tolerance:G3} of itself "
                    + $"in each"));
                break;
            }
            (last, lastAt) = (now, iteration);
        }
        run.SolveUsers();
        return new AlsModel(new FactorModel(run.Users, run.Items), options, HistoryFingerprint.Of(interactions.ByUser));
    }

    private static void Guard(int iteration, double last, double now)
    {
        if (double.IsFinite(now) && now <= last * RiseAllowed) return;
        throw new RunFailedException(string.Create(
            CultureInfo.InvariantCulture,
            $"ALS diverged in iteration {iteration}: the objective went from {last:G6} to {now:G6}, expected to fall; raise Train:Als:Regularization, "
            + $"lower ConfidenceScale, or take Solver Cholesky"));
    }
}
