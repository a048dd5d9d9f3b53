using Quartz;
using Quartz.Spi;

namespace Recsys.Batch.Jobs.Scheduling.QuartzEngine;

/// <summary>What Quartz runs: it hands a schedule's time, or an execution's id, to the scheduler and waits for the work to end.</summary>
internal sealed class QuartzDelivery(IDeliveries deliveries, CancellationToken stopping) : global::Quartz.IJob
{
    public const string Schedule = "schedule";
    public const string Execution = "execution";

    public Task Execute(IJobExecutionContext context)
    {
        var data = context.JobDetail.JobDataMap;
        return data.ContainsKey(Schedule)
            ? deliveries.FiredAsync(data.GetString(Schedule)!, context.ScheduledFireTimeUtc ?? context.FireTimeUtc, stopping)
            : deliveries.DeliverAsync(data.GetString(Execution)!, stopping);
    }

    internal sealed class Factory(IDeliveries deliveries, CancellationToken stopping) : IJobFactory
    {
        public global::Quartz.IJob NewJob(TriggerFiredBundle bundle, IScheduler scheduler) => new QuartzDelivery(deliveries, stopping);

        public void ReturnJob(global::Quartz.IJob job)
        {
        }
    }
}
