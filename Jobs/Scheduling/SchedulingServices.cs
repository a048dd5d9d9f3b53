using Hangfire;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Abstractions;
using Recsys.Batch.Jobs.Access;
using Recsys.Batch.Jobs.Configuration;
using Recsys.Batch.Jobs.Scheduling.Dashboard;
using Recsys.Batch.Jobs.Scheduling.Work;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs.Ledger;
using Recsys.Batch.Pipeline.Runs.Shards;
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
        bool isShared = scheduler.Store != SchedulerStore.Memory;
        if (roles.Contains(HostRole.Worker) && !roles.Contains(HostRole.Scheduler)) ShardJobs.RequireShared(scheduler);
        if (roles.Contains(HostRole.Worker) && isShared) services.AddHostedService<WorkerService>();
        // A host without a scheduler has no jobs unless hosts share them.
        if (!roles.Contains(HostRole.Scheduler) && !isShared) return services;
        foreach (string name in JobNames.Runs)
            services.AddSingleton<IJob>(s => new PipelineJob(name, night, s.GetRequiredService<TimeProvider>(), s.GetService<IShardDispatcher>()));
        services.AddSingleton<IJob, RollbackJob>().AddSingleton<IJob, PruneJob>().AddSingleton<JobCatalog>();
        services.AddSingleton(s => Hangfire(scheduler, night.Options().Publish, s));
        services.AddSingleton<IBackgroundJobClientFactory>(s => s.GetRequiredService<HangfireClient>())
            .AddSingleton<IRecurringJobManagerFactory>(s => s.GetRequiredService<HangfireClient>());
        if (isShared) services.AddSingleton<IShardDispatcher, ShardJobs.Dispatcher>();
        services.AddSingleton<RecurringJobs>().AddSingleton<NightlyJobs>().AddSingleton<Restart>();
        services.AddSingleton<HangfireDashboard>().AddSingleton<IJobScheduler, HangfireScheduler>();
        if (roles.Contains(HostRole.Scheduler)) services.AddHostedService<JobServer>();
        return services;
    }

    /// <exception cref="ConfigurationException">The scheduler's store does not go with the output's, or cannot be used.</exception>
    private static HangfireClient Hangfire(SchedulerOptions options, PublishOptions publish, IServiceProvider services)
    {
        var logs = services.GetRequiredService<ILoggerFactory>();
        global::Hangfire.Logging.LogProvider.SetCurrentLogProvider(new HangfireLog(logs.CreateLogger("Hangfire")));
        return new HangfireClient(
            Storage(options, publish), services.GetRequiredService<OperationsLedger>(), logs.CreateLogger<HangfireClient>(),
            services.GetService<IHttpContextAccessor>());
    }

    /// <summary>For a command in the foreground.</summary>
    /// <returns>Null where hosts do not share Hangfire's storage.</returns>
    /// <exception cref="ConfigurationException">The scheduler's store does not go with the output's, or cannot be used.</exception>
    public static HangfireClient? Shared(SchedulerOptions options, PublishOptions publish, OperationsLedger ledger) =>
        options.Store == SchedulerStore.Memory ? null : new HangfireClient(Storage(options, publish), ledger, NullLogger<HangfireClient>.Instance);

    /// <exception cref="ConfigurationException">The scheduler's store does not go with the output's, or cannot be used.</exception>
    private static JobStorage Storage(SchedulerOptions options, PublishOptions publish)
    {
        if (options.Store == SchedulerStore.Memory) return HangfireStores.Memory();
        if (publish.Store != OutputEngine.PostgreSql)
        {
            throw new ConfigurationException(
                $"Scheduler:Store is {options.Store} and Publish:Store is {publish.Store}; expected Publish:Store=PostgreSql too, "
                + $"whose database the scheduler shares, or Scheduler:Store=Memory");
        }
        return HangfireStores.PostgreSql(PostgresConnection.Resolve(publish.Connection), publish.Schema, options.InvisibilityTimeout);
    }
}
