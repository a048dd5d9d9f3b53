using System.CommandLine;
using Recsys.Batch.Jobs.Host;
using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Shards;

namespace Recsys.Batch.Jobs.Cli.Commands;

/// <summary><c>run worker</c>: takes shards of other hosts' runs, without console or scheduler, until it is stopped.</summary>
internal static class WorkerCommand
{
    public const string Job = "worker";

    public static async Task<int> RunAsync(Invocation call, Option<string?> output)
    {
        var sections = new HostSections();
        var night = call.Published(output, sections);
        ShardJobs.RequireShared(sections.Scheduler);
        using var place = OutputConnection.OpenForServing(night.Publish, call.CliContext.Time);
        var worker = new ShardWorker(place.Operations, night.Publish.Path, night.Runs, sections.Scheduler.ThisNode, call.Screen.Line, call.CliContext.Time);
        call.Screen.Line($"{sections.Scheduler.ThisNode} takes shards of runs in {night.Publish.Path}. Stop with Ctrl-C.");
        using var hangfire = SchedulingServices.Shared(sections.Scheduler, night.Publish, place.Operations)!;
        await ShardJobs.WorkAsync(worker, hangfire, sections.Scheduler, call.Cancellation).ConfigureAwait(false);
        call.Screen.Line("Stopped.");
        call.Screen.Json(new { Shards = worker.Finished });
        return 0;
    }
}
