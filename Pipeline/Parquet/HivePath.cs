namespace Recsys.Batch.Pipeline.Parquet;

/// <summary>Hive-style folders right above a file: <c>.../date=2011-12-01/country=UK/part.parquet</c>.</summary>
internal static class HivePath
{
    private const string NullValue = "__HIVE_DEFAULT_PARTITION__";

    /// <summary>Keys and values (percent-decoded; null where Hive wrote its mark for it), outermost first.</summary>
    public static IReadOnlyList<(string Key, string? Value)> Of(string file)
    {
        var found = new List<(string, string?)>();
        for (string? folder = Path.GetDirectoryName(Path.GetFullPath(file)); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            string name = Path.GetFileName(folder);
            int equals = name.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0) break;
            string value = Uri.UnescapeDataString(name[(equals + 1)..]);
            found.Add((Uri.UnescapeDataString(name[..equals]), value == NullValue ? null : value));
        }
        found.Reverse();
        return found;
    }
}
