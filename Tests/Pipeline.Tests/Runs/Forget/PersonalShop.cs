using System.Globalization;
using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Recsys.Batch.Pipeline.Tests.Runs.Nightly;

namespace Recsys.Batch.Pipeline.Tests.Runs.Forget;

/// <summary>The small generated shop, with ids that a search among bytes finds for certain, and whose lists are drawn.</summary>
internal static class PersonalShop
{
    /// <summary>The customer of the first row, whose events are the first to name some items.</summary>
    public const string Somebody = "customer-00000243-of-the-shop";

    /// <param name="without">A customer whom the log never had; null: it has all.</param>
    public static void WriteLog(string folder, string? without = null, int days = 4)
    {
        SmallNight.WriteLog(folder, days);
        string first = Directory.GetFiles(Path.Combine(folder, "events")).Order(StringComparer.Ordinal).First();
        Assert.AreEqual(Somebody, Name(ParquetFiles.Reader().Read(first).First().Column<ValueColumn<long>>("user_id").Values[0]));
        foreach (string file in Directory.GetFiles(Path.Combine(folder, "events"))) Rewrite(file, id => id != without);
    }

    public static PipelineOptions Options(string log, string output, int threads = 2)
    {
        var night = SmallNight.Options(log, output, threads);
        night.Embed.Model = "none";
        night.Diversify.Explore.Enabled = true;
        night.Diversify.Explore.Arms = [0.1, 0.2, 0.8];
        return night;
    }

    /// <summary>Files below a folder among whose bytes the text is, as they lie on disk.</summary>
    public static IReadOnlyList<string> FilesWith(string folder, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(f => File.ReadAllBytes(f).AsSpan().IndexOf(bytes) >= 0)];
    }

    /// <summary>Everybody who has a list in a version's files.</summary>
    public static HashSet<string> UsersOf(string versionFolder) =>
    [
        .. Directory.GetFiles(versionFolder, "*.parquet", SearchOption.AllDirectories)
            .Where(f => ParquetFiles.Reader().Inspect(f).Columns.Any(c => c.Name == "user_id"))
            .SelectMany(f => ParquetFiles.Reader().Read(f, ["user_id"]))
            .SelectMany(batch => Enumerable.Range(0, batch.RowCount).Select(row => Encoding.UTF8.GetString(batch.Column<Utf8Column>("user_id")[row]))),
    ];

    private static void Rewrite(string file, Func<string, bool> stays)
    {
        var reader = ParquetFiles.Reader();
        var before = reader.Inspect(file).Columns;
        var fields = before.Select(f => f.Name == "user_id" ? new ColumnField("user_id", ColumnType.Utf8) : f).ToArray();
        var batches = reader.Read(file).Select(batch =>
        {
            var users = batch.Column<ValueColumn<long>>("user_id");
            int[] rows = [.. Enumerable.Range(0, batch.RowCount).Where(row => stays(Name(users.Values[row])))];
            Column[] columns = [.. batch.Columns.Select((c, i) => c.Field.Name == "user_id" ? Names(users, rows, fields[i]) : Picked(c, rows))];
            return (Columns: columns, rows.Length);
        }).ToList();
        using var writer = ParquetFiles.Writer().Create(file, fields);
        foreach (var (columns, rows) in batches) writer.Append(columns, rows);
        writer.Complete();
    }

    private static string Name(long user) => string.Create(CultureInfo.InvariantCulture, $"customer-{user:D8}-of-the-shop");

    private static Utf8Column Names(ValueColumn<long> users, int[] rows, ColumnField field) => Text(field, [.. rows.Select(row => Name(users.Values[row]))]);

    private static Column Picked(Column column, int[] rows) => column switch
    {
        Utf8Column text => Text(text.Field, [.. rows.Select(row => Encoding.UTF8.GetString(text[row]))]),
        ValueColumn<int> c => new ValueColumn<int>(c.Field, rows.Length, [.. rows.Select(row => c.Values[row])], Valid(c, rows)),
        ValueColumn<long> c => new ValueColumn<long>(c.Field, rows.Length, [.. rows.Select(row => c.Values[row])], Valid(c, rows)),
        ValueColumn<double> c => new ValueColumn<double>(c.Field, rows.Length, [.. rows.Select(row => c.Values[row])], Valid(c, rows)),
        _ => throw new InvalidOperationException(column.Field.ToString()),
    };

    private static ulong[]? Valid(Column column, int[] rows)
    {
        if (column.Validity is null) return null;
        var valid = new ulong[(rows.Length + 63) / 64];
        for (int i = 0; i < rows.Length; i++)
            if (!column.IsNull(rows[i])) valid[i >> 6] |= 1UL << (i & 63);
        return valid;
    }

    private static Utf8Column Text(ColumnField field, string[] texts)
    {
        var offsets = new int[texts.Length + 1];
        for (int i = 0; i < texts.Length; i++) offsets[i + 1] = offsets[i] + Encoding.UTF8.GetByteCount(texts[i]);
        return new Utf8Column(field, texts.Length, offsets, Encoding.UTF8.GetBytes(string.Concat(texts)));
    }
}
