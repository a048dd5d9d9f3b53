using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs;

namespace Recsys.Batch.Jobs.Host;

/// <summary>What was published and what runs left in the ledgers, for pages and endpoints. Before the first night the tables are there, and empty.</summary>
internal static class PublishedServices
{
    /// <exception cref="Pipeline.Errors.RecsysException">The database cannot be reached, or a newer program wrote it.</exception>
    public static IServiceCollection AddPublished(this IServiceCollection services, PublishOptions options, TimeProvider time)
    {
        // Opened here: a host that cannot reach its tables says so before it listens.
        var place = OutputConnection.OpenForServing(options, time);
        return services
            .AddSingleton(_ => place)
            .AddSingleton(place.Store)
            .AddSingleton<IPublishedReads>(place.Store)
            .AddSingleton<IOutputSearch>(place.Store)
            .AddSingleton(place.Ledger)
            .AddSingleton(place.Operations);
    }
}
