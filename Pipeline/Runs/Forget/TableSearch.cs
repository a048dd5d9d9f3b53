using Dapper;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Storage;

namespace Recsys.Batch.Pipeline.Runs.Forget;

/// <summary>Looks for users in every text column of every table of an output place: as the whole cell, and inside of it where the id is long enough.</summary>
internal static class TableSearch
{
    private static readonly string[] s_itemColumns =
        [
            "item_id", "neighbor_id", "reason_items", "reason_features", "reason_shares", "segment", "title", "category", "search_text",
            .. PlaceTables.TextColumns,
        ];

    /// <returns>Tables and columns in which somebody was found.</returns>
    public static IEnumerable<string> Find(IOutputDatabase database, IReadOnlyList<string> userIds, Func<string, bool> isItem)
    {
        using var connection = database.Open();
        foreach (var (table, column) in Columns(database, connection))
        {
            string cell = database.Engine == OutputEngine.PostgreSql ? $"CAST({Quoted(column)} AS text)" : Quoted(column);
            string inside = database.Engine == OutputEngine.PostgreSql ? $"strpos({cell}, @id) > 0" : $"instr({cell}, @id) > 0";
            foreach (string userId in userIds)
            {
                string id = database.Engine == OutputEngine.PostgreSql ? PostgresText.Encode(userId) : userId;
                bool ofUsers = column == "user_id";
                if (!ofUsers && (isItem(userId) || s_itemColumns.Contains(column) && userId.Length < FileSearch.LeastBytes)) continue;
                string condition = !ofUsers && userId.Length >= FileSearch.LeastBytes ? inside : $"{cell} = @id";
                if (connection.ExecuteScalar<long>($"SELECT count(*) FROM {Quoted(table)} WHERE {condition}", new { id }, commandTimeout: 0) > 0)
                {
                    yield return $"{table}.{column}";
                    break;
                }
            }
        }
    }

    private static IReadOnlyList<(string Table, string Column)> Columns(IOutputDatabase database, System.Data.Common.DbConnection connection) =>
    [
        .. connection.Query<(string, string)>(database.Engine == OutputEngine.PostgreSql
            ? """
              SELECT c.table_name, c.column_name FROM information_schema.columns c
              JOIN information_schema.tables t USING (table_schema, table_name)
              WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE' AND c.data_type IN ('text', 'jsonb', 'character varying')
              ORDER BY 1, 2
              """
            : """
              SELECT t.name, c.name FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table' AND c.type = 'TEXT' ORDER BY 1, 2
              """),
    ];

    private static string Quoted(string name) => "\"" + name.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
}
