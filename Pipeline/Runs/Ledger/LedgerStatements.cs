using System.Data;
using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using Dapper;
using Recsys.Batch.Pipeline.Storage;

namespace Recsys.Batch.Pipeline.Runs.Ledger;

/// <summary>
/// How the ledgers run statements. The SQL is alike in both engines; how columns hold times and text is theirs to say, all else of a record's values is said
/// here.
/// </summary>
internal static class LedgerStatements
{
    /// <summary>Runs a statement whose arguments may hold text from anywhere: file names, messages, what a person typed.</summary>
    /// <param name="arguments">An object with a property each, or a sequence of them to run the statement once for each.</param>
    /// <returns>Rows changed.</returns>
    public static int Run(this IOutputDatabase database, DbConnection connection, string sql, object arguments) =>
        connection.Execute(sql, arguments is IEnumerable<object> many ? many.Select(database.Arguments) : database.Arguments(arguments));

    /// <summary>Runs a statement on a connection of its own.</summary>
    public static int Run(this IOutputDatabase database, string sql, object arguments)
    {
        using var connection = database.Open();
        return database.Run(connection, sql, arguments);
    }

    public static List<T> Query<T>(this IOutputDatabase database, string sql, object arguments, Func<dynamic, T> row)
    {
        using var connection = database.Open();
        return [.. connection.Query(sql, database.Arguments(arguments)).Select(r => row(r)).Cast<T>()];
    }

    public static DynamicParameters Arguments(this IOutputDatabase database, object values)
    {
        var arguments = new DynamicParameters();
        foreach (var property in values.GetType().GetProperties())
            arguments.Add(property.Name, database.Value(Plain(property.GetValue(values))), TypeOf(property.PropertyType));
        return arguments;
    }

    private static object? Plain(object? value) => value switch
    {
        bool flag => flag ? 1L : 0L,
        Enum state => state.ToString().ToLowerInvariant(),
        // Numbers that are not numbers are null.
        double number when !double.IsFinite(number) => null,
        ulong number => number.ToString(CultureInfo.InvariantCulture),
        IReadOnlyList<long> numbers => string.Join(' ', numbers),
        IReadOnlyDictionary<string, string> settings => JsonSerializer.Serialize(settings),
        _ => value,
    };

    /// <summary>What PostgreSQL cannot tell from a null.</summary>
    private static DbType? TypeOf(Type property) =>
        property == typeof(string) ? DbType.String
        : property == typeof(DateTimeOffset) || property == typeof(DateTimeOffset?) ? DbType.DateTime
        : null;
}
