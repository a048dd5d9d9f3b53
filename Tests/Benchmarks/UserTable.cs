using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Benchmarks;

/// <summary>
/// Made <c>data/online-retail/users.parquet</c>: a row a user with what a column of the log says of them, the last row's word, in ordinal order of the ids.
/// </summary>
internal static class UserTable
{
    public static int Run(string[] args)
    {
        if (args.Length != 4)
        {
            Console.Error.WriteLine("user-table LOG ID_COLUMN COLUMN OUT: LOG is a Parquet file or a folder of them, both columns are text");
            return 2;
        }
        var (log, id, column, output) = (args[0], args[1], args[2], args[3]);
        var reader = ParquetFiles.Reader();
        var users = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string file in reader.Expand(log))
        {
            foreach (var batch in reader.Read(file, [id, column]))
            {
                var (ids, values) = (batch.Column<Utf8Column>(id), batch.Column<Utf8Column>(column));
                for (int row = 0; row < batch.RowCount; row++)
                    if (!ids.IsNull(row) && !values.IsNull(row)) users[Encoding.UTF8.GetString(ids[row])] = Encoding.UTF8.GetString(values[row]);
            }
        }
        var (idRows, valueRows) = (new Utf8Rows(id), new Utf8Rows(column));
        foreach (var (user, value) in users)
        {
            idRows.Add(user);
            valueRows.Add(value);
        }
        using var writer = ParquetFiles.Writer().Create(output, [idRows.Field, valueRows.Field], new ParquetWriteOptions(ZstdLevel: 19));
        writer.Append([idRows.Column(), valueRows.Column()], users.Count);
        writer.Complete();
        Console.WriteLine(FormattableString.Invariant($"{users.Count} users"));
        return 0;
    }
}
