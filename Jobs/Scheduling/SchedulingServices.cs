using Hangfire;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Recsys.Batch.Jobs.Access;
using Recsys.Batch.Jobs.Configuration;
using Recsys.Batch.Jobs.Scheduling.Dashboard;
using Recsys.Batch.Jobs.Scheduling.Work;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs.Ledger;
using Recsys.Batch.Pipeline.Storage;

namespace Recsys.Batch.Jobs.Scheduling;

/// <summary>
/// Hangfire in a host: its clients and dashboard, and its workers where the host's roles say so. Takes both ledgers and <see cref="TimeProvider"/> from the
/// services, and every <see cref="IJob"/> that is registered besides its own.
/// </summary>
internal static class SchedulingServices
{
    public static IServiceCollection AddJobScheduler(
        this IServiceCollection services, SchedulerOptions scheduler, ScheduleTable schedules, IReadOnlyList<HostRole> roles, ConfiguredPipeline night)
    {
        services.AddSingleton(scheduler).AddSingleton(schedules);
        services.TryAddSingleton(night);
        if (roles.Contains(HostRole.Worker)) services.AddHostedService<WorkerService>();
        // A host without a scheduler has no jobs unless hosts share them.
        if (!roles.Contains(HostRole.Scheduler) && scheduler.Store == SchedulerStore.Memory) return services;
        foreach (string name in JobNames.Runs) services.AddSingleton<IJob>(s => new PipelineJob(name, night, s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IJob, RollbackJob>().AddSingleton<IJob, PruneJob>().AddSingleton<JobCatalog>();
        services.AddSingleton(s => Queue(scheduler, night.Options().Publish, s));
        services.AddSingleton<IBackgroundJobClientFactory>(s => s.GetRequiredService<HangfireClient>()).AddSingleton<IRecurringJobManagerFactory>(s => s.GetRequiredService<HangfireClient>());
        services.AddSingleton<RecurringJobs>().AddSingleton<NightlyJobs>().AddSingleton<Restart>();
        services.AddSingleton<IEngineDashboard, HangfireDashboard>().AddSingleton<IJobScheduler, HangfireScheduler>();
        if (roles.Contains(HostRole.Scheduler)) services.AddHostedService<JobServer>();
        return services;
    }

    /// <exception cref="ConfigurationException">The scheduler's store does not go with the output's, or cannot be used.</exception>
    private static HangfireClient Queue(SchedulerOptions options, PublishOptions publish, IServiceProvider services)
    {
        var logs = services.GetRequiredService<ILoggerFactory>();
        Hangfire.Logging.LogProvider.SetCurrentLogProvider(new HangfireLog(logs.CreateLogger("Hangfire")));
        return new HangfireClient(Storage(options, publish), services.GetRequiredService<IOperationsLedger>(), logs.CreateLogger<HangfireClient>(), services.GetService<IHttpContextAccessor>());
    }

    /// <exception cref="ConfigurationException">The scheduler's store does not go with the output's, or cannot be used.</exception>
    private static JobStorage Storage(SchedulerOptions options, PublishOptions publish)
    {
        if (options.Store == SchedulerStore.Memory) return HangfireStores.Memory();
        if (publish.Store != OutputEngine.PostgreSql)
            throw new ConfigurationException($"Scheduler:Store is {options.Store} and Publish:Store is {publish.Store}; expected Publish:Store=PostgreSql too, whose database the scheduler shares, or Scheduler:Store=Memory");
        return HangfireStores.PostgreSql(PostgresConnection.Resolve(publish.Connection), publish.Schema, options.InvisibilityTimeout);
    }
}
