using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Publish.Sqlite;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Host;

/// <summary>What was published and what runs left in the ledger, for pages and endpoints. Before the first night the tables are there, and empty.</summary>
internal static class PublishedServices
{
    public static IServiceCollection AddPublished(this IServiceCollection services, string output) => services
        .AddSingleton(_ => new SqliteDatabase(Path.Combine(output, "recsys.db")))
        .AddSingleton<IOutputStore>(s => new SqliteOutputStore(s.GetRequiredService<SqliteDatabase>()))
        .AddSingleton<IRunLedger>(s => new SqlRunLedger(s.GetRequiredService<SqliteDatabase>()));
}
