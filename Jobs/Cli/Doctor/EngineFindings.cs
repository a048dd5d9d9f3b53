using Microsoft.Data.Sqlite;
using Recsys.Batch.Pipeline;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Rank;

namespace Recsys.Batch.Jobs.Cli.Doctor;

/// <summary>The libraries that do the work, with the versions that NuGet brought. Of those with a native part the library itself is asked.</summary>
internal static class EngineFindings
{
    private const string Area = "engines";

    public static IEnumerable<Finding> All() =>
    [
        Ask("Parquet", () => ParquetFiles.Engine),
        Ask("Hangfire", () => $"{Version("Hangfire.Core")}, in memory or over PostgreSQL ({Version("Hangfire.PostgreSql")})"),
        Ask("ML.NET", () => $"{Version("Microsoft.ML")}, ApplyOnnxModel {Version("Microsoft.ML.OnnxTransformer")}"),
        LightGbmTraining.Loads
            ? Ask("LightGBM", () => Version("Microsoft.ML.LightGbm"))
            : new(Area, "LightGBM", FindingState.Absent, $"its native library does not load; {LightGbmTraining.Remedy}. Ranking goes on without trees"),
        Ask("SQLite", SqliteVersion),
    ];

    private static Finding Ask(string name, Func<string> version)
    {
        try
        {
            return new(Area, name, FindingState.Fine, version());
        }
        catch (Exception e)
            when (e is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException or TypeInitializationException or SqliteException)
        {
            return new(Area, name, FindingState.Broken, $"{e.GetBaseException().Message}; build again");
        }
    }

    private static string Version(string package) => PackageVersions.Of(package, typeof(EngineFindings).Assembly);

    private static string SqliteVersion()
    {
        using var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        return connection.ServerVersion;
    }
}
