using Recsys.Batch.Jobs.Configuration;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Recsys.Batch.Pipeline.Runs.Shards;

namespace Recsys.Batch.Jobs.Scheduling.Work;

/// <summary>The night, or the night up to one of its stages.</summary>
/// <param name="workers">Delivers shards to workers; null where there are none.</param>
internal sealed class PipelineJob(string name, ConfiguredPipeline settings, TimeProvider time, IShardDispatcher? workers = null) : IJob
{
    /// <summary>Parameter: the stage from which on everything is done again.</summary>
    public const string From = "from";

    public string Name => name;

    public void Check(IReadOnlyDictionary<string, string> parameters)
    {
        JobParameters.Require(parameters, From, GateAcceptance.Parameter, GateAcceptance.ReasonParameter, JobParameters.AnySetting);
        NightlyRun.Check(settings.With(JobParameters.Settings(parameters)), Request(parameters));
    }

    public async Task<string?> RunAsync(JobWork work)
    {
        var parameters = work.Order.Parameters;
        var report = await NightlyRun.RunAsync(
            settings.With(JobParameters.Settings(parameters)), Request(parameters), work.Observer, time, work.Holder, workers,
            work.Cancellation).ConfigureAwait(false);
        return report.Message ?? (report.Version is { } version ? $"version {version}" : null);
    }

    private RunRequest Request(IReadOnlyDictionary<string, string> parameters) => new(name, parameters.GetValueOrDefault(From))
    {
        Accepts = GateAcceptance.Of(parameters),
    };
}
