using System.Diagnostics;

namespace Recsys.Batch.Pipeline.Tests.Runs;

/// <summary>This assembly started as a process of its own.</summary>
internal static class ChildProcess
{
    private static readonly string Assembly = typeof(ChildProcess).Assembly.Location;

    private static readonly string Host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host : "dotnet";

    public static Process Start(params string[] arguments) => Start(Host, ["exec", Assembly, .. arguments]);

    /// <summary>Starts it with every file limited to <paramref name="kilobytes"/>: a write beyond that fails as one to a full disk does.</summary>
    public static Process StartOnSmallDisk(int kilobytes, params string[] arguments) =>
        Start("bash", ["-c", $"trap '' XFSZ; ulimit -f {kilobytes}; exec \"$@\"", "bash", Host, "exec", Assembly, .. arguments]);

    private static Process Start(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        // A smaller footprint and no diagnostics pipes: several of these start and die in one test.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["DOTNET_TieredPGO"] = "0";
        // The runtime maps its code from a file in memory, which the limit on files would cut short.
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        return Process.Start(start)!;
    }
}
