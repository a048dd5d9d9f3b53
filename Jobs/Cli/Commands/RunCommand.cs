using System.Collections.Concurrent;
using System.CommandLine;
using Recsys.Batch.Jobs.Cli.Display;
using Recsys.Batch.Jobs.Configuration;
using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Jobs.Telemetry;
using Recsys.Batch.Jobs.Text;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Leases;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Jobs.Cli.Commands;

/// <summary><c>run JOB</c>: a job in the foreground, shown while it works; with <c>--dry-run</c> what it would do and why.</summary>
internal static class RunCommand
{
    public const string ResumeHint = "The same command resumes from the last finished stage.";

    public static Command Build(CliContext surroundings)
    {
        var job = new Argument<string>("JOB")
        {
            Description =
                "nightly; delta, which brings new events to the lists without training; or the stage to end with: ingest, embed, train, evaluate, neighbors, "
                + "materialize, publish; tune, which searches the options of train; tune-encoder, which fits the text encoder to what is bought together; "
                + "sweep, which lays accuracy against diversity; "
                + "feedback, which learns from impressions and clicks; experiment, which says whether lists help; "
                + "or worker, which takes shards of other hosts' runs until it is stopped",
        };
        var from = new Option<string?>("--from") { Description = "Run this stage and all that take from it, even where nothing changed", HelpName = "STAGE" };
        var dry = new Option<bool>("--dry-run") { Description = "Say what would run and why, and do nothing" };
        var output = OutputOption.New();
        return new Command("run", "A job in the foreground") { job, from, dry, output }.Does(
            surroundings,
            async call =>
            {
                if (call.Value(job) == WorkerCommand.Job) return await WorkerCommand.RunAsync(call, output).ConfigureAwait(false);
                var sections = new ForegroundSections();
                var night = call.Value(job) == StageNames.Feedback ? call.Published(output, sections) : call.Night(output, [sections]);
                var request = new RunRequest(call.Value(job), call.Value(from));
                FolderRights.Require(call.FullPath(night.Publish.Path), "Publish:Path (--out)");
                if (call.Value(dry)) return Plan(call, night, request);
                var report = await RunAsync(call, night, sections, request).ConfigureAwait(false);
                RunView.Write(call.Screen, report, night);
                call.Screen.Json(RunView.Json(report, night));
                return 0;
            },
            ResumeHint);
    }

    public static async Task<RunReport> RunAsync(Invocation call, PipelineOptions night, ForegroundSections sections, RunRequest request)
    {
        // While the run is drawn, a line beside it would break the picture.
        var said = new ConcurrentQueue<string>();
        try
        {
            await using var export = OtlpExport.Start(sections.Telemetry, WriterInfo.ThisNode, failure => { if (failure is not null) said.Enqueue(failure); });
            using var place = night.Runs.Shards > 1 ? OutputConnection.OpenForServing(night.Publish, call.CliContext.Time) : null;
            using var hangfire = place is null ? null : SchedulingServices.Shared(sections.Scheduler, night.Publish, place.Operations);
            var workers = hangfire is null ? null : new ShardJobs.Dispatcher(hangfire);
            return await LiveRun.Show(
                call.Screen, call.CliContext.Time,
                observer => NightlyRun.RunAsync(
                    night, request, observer, call.CliContext.Time, workers: workers, cancellation: call.Cancellation)).ConfigureAwait(false);
        }
        finally
        {
            foreach (string failure in said)
            {
                call.CliContext.Error.WriteLine(
                    SafeText.Line($"Warning: the collector of Telemetry:OtlpEndpoint did not take spans or metrics of this run. {failure}"));
            }
        }
    }

    private static int Plan(Invocation call, PipelineOptions night, RunRequest request)
    {
        var plan = NightlyRun.Plan(night, request, call.CliContext.Time);
        var total = PlanView.Write(call.Screen, plan, night);
        call.Screen.Json(new { request.Job, Stages = plan, Total = total });
        return 0;
    }
}
