using Microsoft.Data.Sqlite;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Jobs.Cli.Doctor;

/// <summary>The native engines, each asked to say its version.</summary>
internal static class EngineFindings
{
    private const string Area = "engines";

    public static IEnumerable<Finding> All() =>
    [
        Ask("Parquet reader", () => ParquetFiles.Reader().Engine),
        Ask("Parquet writer", () => ParquetFiles.Writer().Engine),
        Ask("SQLite", SqliteVersion),
    ];

    private static Finding Ask(string name, Func<string> version)
    {
        try
        {
            return new(Area, name, FindingState.Fine, version());
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException or TypeInitializationException or SqliteException)
        {
            return new(Area, name, FindingState.Broken, $"{e.GetBaseException().Message}; build again");
        }
    }

    private static string SqliteVersion()
    {
        using var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        return connection.ServerVersion;
    }
}
