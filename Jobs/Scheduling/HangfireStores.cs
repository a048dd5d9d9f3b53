using System.Security.Cryptography;
using System.Text;
using Hangfire;
using Hangfire.InMemory;
using Hangfire.PostgreSql;
using Hangfire.PostgreSql.Factories;
using Npgsql;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Jobs.Scheduling;

/// <summary>Where Hangfire keeps its jobs.</summary>
internal static class HangfireStores
{
    /// <summary>How long a job that has ended is shown.</summary>
    private static readonly TimeSpan ShownFor = TimeSpan.FromDays(7);

    /// <summary>States of a job's history that are kept in memory: a job that waits for its turn gets three with each look.</summary>
    private const int History = 200;

    /// <summary>Ids that no other process gives: a host that restarts must not take another's job for its own.</summary>
    public static JobStorage Memory() => new InMemoryStorage(
        new InMemoryStorageOptions { MaxExpirationTime = null, IdType = InMemoryStorageIdType.Guid, MaxStateHistoryLength = History })
    { JobExpirationTimeout = ShownFor };

    /// <summary>Tables in a schema of their own beside the output's, made where there are none.</summary>
    /// <param name="connection">The connection string; a secret.</param>
    /// <param name="schema">The output's schema.</param>
    /// <param name="invisibility">After so long without a sign of life from its host, a job is delivered to another one.</param>
    /// <exception cref="ConfigurationException">The tables cannot be made.</exception>
    public static JobStorage PostgreSql(string connection, string schema, TimeSpan invisibility)
    {
        var options = new PostgreSqlStorageOptions
        {
            SchemaName = SchemaBeside(schema),
            InvisibilityTimeout = invisibility,
            // A host that dies while it fires schedules leaves its lock, and nobody fires any until that is old enough: ten minutes, were it not said here.
            DistributedLockTimeout = invisibility,
            UseSlidingInvisibilityTimeout = true,
            QueuePollInterval = TimeSpan.FromSeconds(1),
            // Hosts that start at once get in each other's way while the tables are made.
            StartupConnectionBaseDelay = TimeSpan.FromMilliseconds(200),
            AllowDegradedModeWithoutStorage = false,
        };
        try
        {
            return new PostgreSqlStorage(new NpgsqlConnectionFactory(connection, options), options) { JobExpirationTimeout = ShownFor };
        }
        catch (InvalidOperationException e) when (e.GetBaseException() is NpgsqlException cause)
        {
            throw new ConfigurationException(
                $"Hangfire's tables cannot be made in schema {options.SchemaName}: {cause.Message}. "
                + "GRANT CREATE ON DATABASE, make the schema for it, or take Scheduler:Store=Memory", e);
        }
    }

    /// <summary>Hangfire puts the name between quotes as it is, so this one holds nothing that would need more.</summary>
    public static string SchemaBeside(string schema)
    {
        const int Longest = 40;
        string plain = string.Concat(schema.ToLowerInvariant().Select(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) ? c : '_'));
        if (plain == schema && plain.Length <= Longest) return plain + "_hangfire";
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(schema)).AsSpan(0, 4));
        return $"{plain[..Math.Min(plain.Length, Longest)]}_{hash}_hangfire";
    }
}
