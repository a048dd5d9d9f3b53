using System.Net.Sockets;
using Npgsql;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Storage;

/// <summary>Where <c>Publish:Connection</c> says that the server is. What it says is a secret: no message repeats it.</summary>
internal static class PostgresConnection
{
    /// <summary>Reads the connection string from where the option points.</summary>
    /// <exception cref="ConfigurationException">There is nothing there.</exception>
    public static string Resolve(string? connection)
    {
        if (string.IsNullOrWhiteSpace(connection))
        {
            throw new ConfigurationException(
                "Publish:Connection is missing; expected env:NAME, file:PATH or a connection string, because Publish:Store is PostgreSql");
        }
        return SecretSource.Read("Publish:Connection", connection, "a connection string");
    }

    /// <exception cref="ConfigurationException">It is not a connection string; the message names the keyword, never a value.</exception>
    public static NpgsqlConnectionStringBuilder Parse(string connectionString)
    {
        NpgsqlConnectionStringBuilder settings;
        try
        {
            settings = new NpgsqlConnectionStringBuilder(connectionString);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidCastException or OverflowException)
        {
            // The library's own message may hold a part of the string, and with it the password.
            throw new ConfigurationException(
                "Publish:Connection is not a connection string that can be used; expected Host=...;Database=...;Username=... and more of Npgsql's keywords");
        }
        if (string.IsNullOrEmpty(settings.Host))
            throw new ConfigurationException("Publish:Connection names no Host; expected Host=...;Database=...;Username=...");
        return settings;
    }

    /// <summary>Why a connection failed, in the server's or the network's words.</summary>
    public static string Cause(NpgsqlException e) => e switch
    {
        PostgresException p => p.MessageText,
        { InnerException: SocketException s } => s.Message,
        _ => e.Message,
    };
}
