using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Jobs.Scheduling.HangfireEngine;

namespace Recsys.Batch.Jobs.Tests.Scheduling;

/// <summary>Hangfire with its storage in memory.</summary>
[TestClass]
internal sealed class HangfireEngineTests : JobSchedulerContract
{
    private protected override IScheduleEngine Engine(SchedulerOptions options, string node) => new HangfireEngine(options, HangfireStores.Memory(), node, TimeProvider.System);
}
