using System.Globalization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Pipeline.Publish;

/// <summary>
/// A version's tables as Parquet for somebody who must not know who is who: a keyed hash stands for each user, the same one in every export under one key, and
/// rows come in the order of the hashes, since that of the ids would give them away. Memory: <paramref name="rowsAtOnce"/> rows; a larger table is read once
/// more for as many.
/// </summary>
/// <param name="mask">The hash of an id.</param>
internal sealed class MaskedExport(IParquetReader reader, IParquetWriter writer, Func<ReadOnlySpan<byte>, UInt128> mask, int rowsAtOnce)
{
    private const string UserColumn = "user_id";

    /// <param name="version">Folder of the version.</param>
    /// <param name="to">A folder that is not there yet.</param>
    /// <returns>Rows a table.</returns>
    /// <exception cref="ConfigurationException">There is something at <paramref name="to"/>.</exception>
    public SortedDictionary<string, long> Run(string version, string to, CancellationToken cancellation)
    {
        if (Directory.Exists(to) || File.Exists(to)) throw new ConfigurationException($"{to} is there already; expected a name for a new folder");
        var rows = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var (name, table) in VersionManifest.Load(version).Tables)
        {
            string[] files = [.. table.Files.Select(f => Path.Combine(version, f.File))];
            Directory.CreateDirectory(Path.Combine(to, name));
            bool ofUsers = files.Length > 0 && reader.Inspect(files[0]).Columns.Any(c => c.Name == UserColumn);
            if (ofUsers) rows[name] = Masked(files, table.Rows, Path.Combine(to, name), cancellation);
            else
            {
                foreach (string file in files) File.Copy(file, Path.Combine(to, name, Path.GetFileName(file)));
                rows[name] = table.Rows;
            }
        }
        return rows;
    }

    private long Masked(string[] files, long rows, string folder, CancellationToken cancellation)
    {
        var fields = reader.Inspect(files[0]).Columns;
        ulong passes = (ulong)Math.Max(1, (rows + rowsAtOnce - 1) / rowsAtOnce);
        long written = 0;
        for (ulong pass = 0; pass < passes; pass++)
        {
            var batches = new List<IReadOnlyList<Column>>();
            var order = new List<(UInt128 User, int Batch, int Row)>();
            foreach (var batch in files.SelectMany(file => reader.Read(file, [.. fields.Select(f => f.Name)], cancellation)))
            {
                var users = batch.Column<Utf8Column>(UserColumn);
                var hashes = Hashes(users);
                int[] mine = [.. Enumerable.Range(0, batch.RowCount).Where(row => Math.BigMul((ulong)(hashes[row] >> 64), passes, out _) == pass)];
                if (mine.Length == 0) continue;
                order.AddRange(mine.Select((row, i) => (hashes[row], batches.Count, i)));
                batches.Add([.. fields.Select(f => PickedRows.Of(batch[f.Name], f, mine))]);
            }
            // Stable: a user's rows stay in the order of their ranks.
            (UInt128 User, int Batch, int Row)[] sorted = [.. order.OrderBy(o => o.User)];
            using var open = writer.Create(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"part-{pass + 1:D5}.parquet")), fields);
            open.Append([.. fields.Select((field, c) => Gathered(field, sorted, at => batches[at.Batch][c]))], sorted.Length);
            open.Complete();
            written += sorted.Length;
        }
        return written;
    }

    private UInt128[] Hashes(Utf8Column users)
    {
        var hashes = new UInt128[users.Count];
        // A list is twenty rows of one user.
        for (int row = 0; row < hashes.Length; row++)
            hashes[row] = row > 0 && users[row].SequenceEqual(users[row - 1]) ? hashes[row - 1] : mask(users[row]);
        return hashes;
    }

    private static Column Gathered(ColumnField field, (UInt128 User, int Batch, int Row)[] order, Func<(UInt128 User, int Batch, int Row), Column> of)
    {
        if (field.Type == ColumnType.Int32)
            return new ValueColumn<int>(field, order.Length, Array.ConvertAll(order, o => ((ValueColumn<int>)of(o)).Values[o.Row]));
        if (field.Type == ColumnType.Double)
            return new ValueColumn<double>(field, order.Length, Array.ConvertAll(order, o => ((ValueColumn<double>)of(o)).Values[o.Row]));
        var rows = new Utf8Rows(field.Name, field.Nullable);
        foreach (var o in order)
        {
            if (field.Name == UserColumn) rows.Add(Name(o.User));
            else if (of(o).IsNull(o.Row)) rows.AddNull();
            else rows.Add(((Utf8Column)of(o))[o.Row]);
        }
        return rows.Column();
    }

    /// <summary>How a masked user is called: <c>u-</c> and 32 hex digits.</summary>
    public static string Name(UInt128 hash) => "u-" + hash.ToString("x32", CultureInfo.InvariantCulture);
}
