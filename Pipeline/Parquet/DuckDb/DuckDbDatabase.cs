using System.Globalization;
using System.Runtime.InteropServices;

namespace Recsys.Batch.Pipeline.Parquet.DuckDb;

/// <summary>An in-memory database with one connection, shut off from the network, from extensions and from spilling to disk.</summary>
internal sealed unsafe class DuckDbDatabase : IDisposable
{
    private nint _database;
    private nint _connection;

    public DuckDbDatabase(int threads, int memoryMegabytes)
    {
        (string Name, string Value)[] settings =
        [
            ("threads", threads.ToString(CultureInfo.InvariantCulture)),
            ("memory_limit", memoryMegabytes.ToString(CultureInfo.InvariantCulture) + "MB"),
            ("temp_directory", ""),
            ("preserve_insertion_order", "true"),
            // A file that was rewritten under the same path must not be answered from the old one's pages.
            ("enable_external_file_cache", "false"),
            ("autoinstall_known_extensions", "false"),
            ("autoload_known_extensions", "false"),
        ];
        DuckDbNative.CreateConfig(out nint config);
        try
        {
            foreach (var (name, value) in settings)
                if (DuckDbNative.SetConfig(config, name, value) != 0)
                    throw new DuckDbException($"DuckDB does not take {name} = '{value}'");
            if (DuckDbNative.Open(null, out _database, config, out byte* error) != 0)
            {
                string message = Text(error) ?? "no reason given";
                DuckDbNative.Free(error);
                throw new DuckDbException(message);
            }
        }
        finally
        {
            DuckDbNative.DestroyConfig(ref config);
        }
        if (DuckDbNative.Connect(_database, out _connection) != 0)
        {
            DuckDbNative.Close(ref _database);
            throw new DuckDbException("DuckDB gave no connection");
        }
    }

    public static string Version => Text(DuckDbNative.LibraryVersion()) ?? "unknown";

    public nint Connection => _connection;

    /// <summary>Runs a statement whose rows nobody wants.</summary>
    public void Execute(string sql)
    {
        int state = DuckDbNative.Query(_connection, sql, out var result);
        string? error = state == 0 ? null : Text(DuckDbNative.ResultError(ref result)) ?? "no reason given";
        DuckDbNative.DestroyResult(ref result);
        if (error is not null) throw new DuckDbException(error);
    }

    /// <summary>Whether it still answers: after an error that DuckDB calls fatal it refuses all further work.</summary>
    public bool Sound
    {
        get
        {
            int state = DuckDbNative.Query(_connection, "SELECT 1", out var result);
            DuckDbNative.DestroyResult(ref result);
            return state == 0;
        }
    }

    public DuckDbQuery Prepare(string sql) => new(_connection, sql);

    ~DuckDbDatabase() => Free();

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    internal static string? Text(byte* utf8) => Marshal.PtrToStringUTF8((nint)utf8);

    private void Free()
    {
        if (_connection != 0) DuckDbNative.Disconnect(ref _connection);
        if (_database != 0) DuckDbNative.Close(ref _database);
    }
}
