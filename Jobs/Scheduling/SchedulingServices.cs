using Microsoft.Extensions.DependencyInjection.Extensions;
using Recsys.Batch.Jobs.Access;
using Recsys.Batch.Jobs.Configuration;
using Recsys.Batch.Jobs.Scheduling.Executions;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs.Ledger;
using Recsys.Batch.Pipeline.Storage;

namespace Recsys.Batch.Jobs.Scheduling;

/// <summary>
/// The scheduler in a host: <see cref="IJobScheduler"/>, started with it where its roles say so, and the worker that takes shards. Takes <see cref="IOperationsLedger"/>
/// and <see cref="TimeProvider"/> from the services, and every <see cref="IJob"/> that is registered besides its own.
/// </summary>
internal static class SchedulingServices
{
    private static readonly string[] Nights = [JobNames.Nightly, JobNames.Delta, JobNames.Ingest, JobNames.Embed, JobNames.Train, JobNames.Evaluate, JobNames.Sweep, JobNames.Neighbors, JobNames.Materialize, JobNames.Publish, JobNames.Feedback];

    public static IServiceCollection AddJobScheduler(
        this IServiceCollection services, SchedulerOptions scheduler, ScheduleTable schedules, IReadOnlyList<HostRole> roles, ConfiguredPipeline night)
    {
        services.AddSingleton(scheduler).AddSingleton(schedules);
        services.TryAddSingleton(night);
        foreach (string name in Nights) services.AddSingleton<IJob>(s => new PipelineJob(name, night, s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IJob, RollbackJob>().AddSingleton<IJob, PruneJob>().AddSingleton<JobCatalog>();
        services.AddSingleton<IScheduleEngine>(s =>
        {
            var publish = night.Options().Publish;
            RequireOneDatabase(scheduler, publish);
            return Hangfire(scheduler, publish, s);
        });
        // A host without a scheduler has nothing to show unless hosts share their jobs.
        if (roles.Contains(HostRole.Scheduler) || scheduler.Store != SchedulerStore.Memory)
            services.AddSingleton<IEngineDashboard>(s => ActivatorUtilities.CreateInstance<HangfireEngine.Dashboard.HangfireDashboard>(s, (HangfireEngine.HangfireEngine)s.GetRequiredService<IScheduleEngine>()));
        services.AddSingleton<IJobScheduler, JobScheduler>();
        if (roles.Contains(HostRole.Scheduler)) services.AddHostedService<SchedulerService>();
        if (roles.Contains(HostRole.Worker)) services.AddHostedService<WorkerService>();
        return services;
    }

    /// <exception cref="ConfigurationException">The scheduler's store does not go with the output's.</exception>
    private static void RequireOneDatabase(SchedulerOptions options, PublishOptions publish)
    {
        if (options.Store != SchedulerStore.Memory && publish.Store != OutputEngine.PostgreSql)
            throw new ConfigurationException($"Scheduler:Store is {options.Store} and Publish:Store is {publish.Store}; expected Publish:Store=PostgreSql too, whose database the scheduler shares, or Scheduler:Store=Memory");
    }

    private static HangfireEngine.HangfireEngine Hangfire(SchedulerOptions options, PublishOptions publish, IServiceProvider services)
    {
        global::Hangfire.Logging.LogProvider.SetCurrentLogProvider(new HangfireEngine.HangfireLog(services.GetRequiredService<ILoggerFactory>().CreateLogger("Hangfire")));
        var storage = options.Store == SchedulerStore.Memory ? HangfireEngine.HangfireStores.Memory() : HangfireEngine.HangfireStores.PostgreSql(PostgresConnection.Resolve(publish.Connection), publish.Schema);
        return new HangfireEngine.HangfireEngine(options, storage, options.ThisNode, services.GetRequiredService<TimeProvider>());
    }

    /// <summary>Lets jobs put their work down before the host goes.</summary>
    private sealed class SchedulerService(IJobScheduler scheduler) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => scheduler.StartAsync(cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => scheduler.StopAsync(cancellationToken);
    }
}
