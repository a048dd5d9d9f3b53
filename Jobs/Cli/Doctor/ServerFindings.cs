using Recsys.Batch.Pipeline.Storage;

namespace Recsys.Batch.Jobs.Cli.Doctor;

/// <summary>The PostgreSQL server that lists and ledgers go to: whether it answers, is new enough, and lets this program write.</summary>
internal static class ServerFindings
{
    private const string Area = "database";

    public static IEnumerable<Finding> All(PostgresDatabase database)
    {
        var server = database.Look();
        yield return new(Area, "server", FindingState.Fine, $"{database.Description} as {server.User}");
        yield return server.IsNewEnough
            ? new(Area, "version", FindingState.Fine, server.Version)
            : new(Area, "version", FindingState.Broken, $"{server.Version}; expected {PostgresServerFacts.OldestMajor} or newer");
        yield return server.MayWrite
            ? new(Area, "rights", FindingState.Fine, "may make tables")
            : new(
                Area, "rights", FindingState.Misconfigured,
                $"{server.User} may make no tables in the schema; a reader needs none, for a night: GRANT CREATE, "
                + $"USAGE ON SCHEMA (or CREATE ON DATABASE where the schema is new)");
        yield return new(
            Area, "tables", server.Parts.Count == 0 ? FindingState.Absent : FindingState.Fine,
            server.Parts.Count == 0 ? "none yet" : string.Join(", ", server.Parts.Select(p => $"{p.Key} {p.Value}")));
    }
}
