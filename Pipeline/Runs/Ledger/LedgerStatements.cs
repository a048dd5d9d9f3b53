using System.Data.Common;
using Dapper;
using Recsys.Batch.Pipeline.Storage;

namespace Recsys.Batch.Pipeline.Runs.Ledger;

internal static class LedgerStatements
{
    /// <summary>Runs a statement whose arguments may hold text from anywhere: file names, messages, what a person typed.</summary>
    /// <param name="arguments">An object with a property each, or a sequence of them to run the statement once for each.</param>
    /// <returns>Rows changed.</returns>
    public static int Run(this IOutputDatabase database, DbConnection connection, string sql, object arguments) =>
        connection.Execute(sql, arguments is IEnumerable<object> many ? many.Select(database.Arguments) : database.Arguments(arguments));
}
