namespace Recsys.Batch.Pipeline.Parquet.DuckDb;

/// <summary>Names of files and columns are hostile: they enter SQL only through here.</summary>
internal static class SqlText
{
    /// <summary>DuckDB takes every file name for a glob; a class of one character stands for that character alone.</summary>
    public static string NoGlob(string path) => path.AsSpan().ContainsAny('*', '?', '[')
        ? string.Concat(path.Select(c => c is '*' or '?' or '[' ? $"[{c}]" : c.ToString()))
        : path;

    public static string Literal(string value) => $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";

    public static string Identifier(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
