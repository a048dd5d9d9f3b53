using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Jobs.Scheduling.QuartzEngine;

namespace Recsys.Batch.Jobs.Tests.Scheduling;

/// <summary>Quartz with its store in memory.</summary>
[TestClass]
public sealed class QuartzEngineTests : JobSchedulerContract
{
    private protected override IScheduleEngine Engine(SchedulerOptions options, string node) => new QuartzEngine(options, [], node);
}
