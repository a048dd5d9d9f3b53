using System.Collections.Specialized;
using System.Globalization;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Publish;

namespace Recsys.Batch.Jobs.Scheduling.QuartzEngine;

/// <summary>Quartz' properties for its job store.</summary>
public static class QuartzStore
{
    private const string Source = "recsys";

    /// <summary>A host that does not report for so long is taken for dead by the others in its cluster.</summary>
    private static readonly TimeSpan CheckIn = TimeSpan.FromSeconds(2);

    public static NameValueCollection Memory => [];

    /// <summary>The clustered job store in the database of <c>Publish</c>; its tables are made where there are none.</summary>
    /// <param name="connection">The connection string; a secret.</param>
    /// <exception cref="ConfigurationException"><c>Publish:Store</c> is not PostgreSQL.</exception>
    public static NameValueCollection Clustered(IOutputDatabase database, string connection, string schema)
    {
        database.Migrate(QuartzTables.Part, QuartzTables.Scripts);
        return new NameValueCollection
        {
            ["quartz.jobStore.type"] = "Quartz.Impl.AdoJobStore.JobStoreTX, Quartz",
            ["quartz.jobStore.driverDelegateType"] = "Quartz.Impl.AdoJobStore.PostgreSQLDelegate, Quartz",
            ["quartz.jobStore.tablePrefix"] = $"\"{schema.Replace("\"", "\"\"", StringComparison.Ordinal)}\".{QuartzTables.Prefix}",
            ["quartz.jobStore.dataSource"] = Source,
            ["quartz.jobStore.useProperties"] = "true",
            ["quartz.jobStore.clustered"] = "true",
            ["quartz.jobStore.clusterCheckinInterval"] = CheckIn.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture),
            ["quartz.jobStore.performSchemaValidation"] = "true",
            ["quartz.serializer.type"] = typeof(QuartzPropertiesSerializer).AssemblyQualifiedName,
            [$"quartz.dataSource.{Source}.provider"] = "Npgsql",
            [$"quartz.dataSource.{Source}.connectionString"] = connection,
        };
    }
}
