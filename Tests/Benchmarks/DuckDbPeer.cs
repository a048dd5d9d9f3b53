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
        var types = Enumerable.Range(0, columns.Length).Select(i => Type.GetTypeCode(reader.GetFieldType(i))).ToArray();
        while (reader.Read())
        {
            for (int i = 0; i < types.Length; i++)
                sum += types[i] switch
                {
                    TypeCode.String => reader.GetString(i).Length,
                    TypeCode.DateTime => reader.GetDateTime(i).Ticks & 1,
                    TypeCode.Double => reader.GetDouble(i) > 0 ? 1 : 0,
                    TypeCode.Int32 => reader.GetInt32(i) & 1,
                    _ => reader.GetInt64(i) & 1,
                };
        }
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
