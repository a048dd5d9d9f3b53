using DuckDB.NET.Data;

namespace Recsys.Batch.Benchmarks;

/// <summary>DuckDB through DuckDB.NET, the peer that reads and writes Parquet beside us.</summary>
internal static class DuckDbPeer
{
    public static string Name { get; } = Version();

    /// <summary>Reads every value of the columns, as a program would take them from an ADO.NET reader. Returns a count that depends on all of them.</summary>
    public static long Read(string file, string[] columns)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT {string.Join(", ", columns)} FROM read_parquet('{file}')";
        // Rows as they come: without it the whole result is gathered first.
        command.UseStreamingMode = true;
        using var reader = command.ExecuteReader();
        long sum = 0;
        bool[] text = [.. Enumerable.Range(0, columns.Length).Select(i => reader.GetFieldType(i) == typeof(string))];
        bool[] time = [.. Enumerable.Range(0, columns.Length).Select(i => reader.GetFieldType(i) == typeof(DateTime))];
        while (reader.Read())
            for (int i = 0; i < text.Length; i++)
                sum += text[i] ? reader.GetString(i).Length : time[i] ? reader.GetDateTime(i).Ticks & 1 : reader.GetInt64(i) & 1;
        return sum;
    }

    public static void Copy(string from, string to)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"COPY (SELECT * FROM read_parquet('{from}')) TO '{to}' (FORMAT parquet, COMPRESSION zstd)";
        command.ExecuteNonQuery();
    }

    private static DuckDBConnection Open()
    {
        var connection = new DuckDBConnection($"DataSource=:memory:;threads={Environment.ProcessorCount}");
        connection.Open();
        return connection;
    }

    private static string Version()
    {
        using var connection = Open();
        return "DuckDB " + connection.ServerVersion;
    }
}
