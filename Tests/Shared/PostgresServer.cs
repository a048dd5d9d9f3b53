using System.Diagnostics;
using System.Globalization;

namespace Recsys.Batch.Tests.Shared;

/// <summary>
/// A PostgreSQL cluster of the tests' own: made in a temporary folder when the first test asks for it, reached through a socket in that folder, gone with the
/// process however that ends. Each test takes a schema of its own. Where the server is not installed, tests that need it are inconclusive.
/// </summary>
internal static class PostgresServer
{
    /// <summary>
    /// Its input is a pipe from the tests: whatever ends them closes it. PostgreSQL refuses to run as root, so root lends it another user.
    /// </summary>
    private const string Script = """
        set -u
        dir=$(mktemp -d -t recsys-pg-XXXXXX) || exit 1
        trap 'rm -rf "$dir"' EXIT
        cd "$dir"
        "$1/initdb" -D data -U recsys -A trust -E UTF8 --locale=C.UTF-8 --no-sync > log 2>&1 || { cat log; exit 1; }
        "$1/postgres" -D data -k "$dir" -c listen_addresses= -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off \
            -c max_connections=300 -c shared_buffers=64MB -c max_wal_size=4GB >> log 2>&1 < /dev/null &
        server=$!
        for i in $(seq 600); do "$1/pg_isready" -q -h "$dir" -U recsys -d postgres && break; kill -0 $server || { cat log; exit 1; }; sleep 0.05; done
        echo "ready $dir"
        read -r line
        kill -QUIT $server
        wait $server
        """;

    /// <summary>What the script takes from one folder; one with links to some of them is not it.</summary>
    private static readonly string[] Programs = ["initdb", "postgres", "pg_isready", "pg_dump"];

    private static readonly Lazy<(Process? Process, string Said)> Started = new(Start);

    private static int _schemas;

    /// <summary>A connection string; with it, take a <see cref="NewSchema"/>.</summary>
    public static string Connection
    {
        get
        {
            string said = Started.Value.Said;
            if (!said.StartsWith("ready ", StringComparison.Ordinal)) Assert.Inconclusive(said);
            return $"Host={said[6..]};Username=recsys;Password=never-shown;Database=postgres;Maximum Pool Size=50;Include Error Detail=true";
        }
    }

    /// <summary>A name that no other test of this process uses.</summary>
    public static string NewSchema() =>
        string.Create(CultureInfo.InvariantCulture, $"Schema \"{Environment.ProcessId}\" no. {Interlocked.Increment(ref _schemas)}");

    /// <summary>All of the cluster's database as <c>pg_dump</c> writes it.</summary>
    public static string Dump()
    {
        _ = Connection;
        var start = new ProcessStartInfo(
            Path.Combine(Folder()!, "pg_dump"), ["-h", Started.Value.Said[6..], "-U", "recsys", "-d", "postgres"])
        { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        string dump = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode);
        return dump;
    }

    /// <summary>Ends the cluster; called once all tests are through.</summary>
    public static void Stop()
    {
        if (!Started.IsValueCreated || Started.Value.Process is not { } process) return;
        process.StandardInput.Close();
        process.WaitForExit(TimeSpan.FromSeconds(20));
        process.Dispose();
    }

    private static (Process?, string) Start()
    {
        if (Folder() is not { } bin) return (null, "PostgreSQL's server is not installed: no initdb in PATH or below /usr/lib/postgresql");
        string[] command = ["bash", "-c", Script, "bash", bin];
        // PostgreSQL refuses to run as root.
        bool isRoot = Environment.UserName == "root";
        if (isRoot && !SearchPath().Any(f => File.Exists(Path.Combine(f, "setpriv"))))
            return (null, "PostgreSQL's server cannot be started by root without setpriv (util-linux) in PATH");
        if (isRoot) command = ["setpriv", $"--reuid={User()}", $"--regid={User()}", "--clear-groups", .. command];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true, WorkingDirectory = "/" };
        start.Environment["HOME"] = "/";
        var process = Process.Start(start)!;
        string said = process.StandardOutput.ReadLine() ?? "";
        return said.StartsWith("ready ", StringComparison.Ordinal)
            ? (process, said)
            : (null, $"PostgreSQL did not start: {said} {process.StandardOutput.ReadToEnd()}");
    }

    private static string? Folder()
    {
        var folders = SearchPath().ToList();
        if (Directory.Exists("/usr/lib/postgresql"))
        {
            folders.AddRange(
                Directory.GetDirectories("/usr/lib/postgresql")
                    .OrderByDescending(d => int.TryParse(Path.GetFileName(d), CultureInfo.InvariantCulture, out int v) ? v : 0)
                    .Select(d => Path.Combine(d, "bin")));
        }
        return folders.FirstOrDefault(f => Programs.All(p => File.Exists(Path.Combine(f, p))));
    }

    private static string[] SearchPath() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);

    private static string User() => File.ReadLines("/etc/passwd").Any(l => l.StartsWith("postgres:", StringComparison.Ordinal)) ? "postgres" : "nobody";
}

[TestClass]
internal static class PostgresServerEnd
{
    [AssemblyCleanup]
    public static void Stop() => PostgresServer.Stop();
}
