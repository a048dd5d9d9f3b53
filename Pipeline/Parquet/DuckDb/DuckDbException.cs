namespace Recsys.Batch.Pipeline.Parquet.DuckDb;

/// <summary>What DuckDB said; the reader and the writer turn it into an error that names the file.</summary>
internal sealed class DuckDbException(string message) : Exception(message)
{
    /// <summary>The first line without DuckDB's class of error and hints on SQL, which mean nothing to who reads a log file.</summary>
    public string Cause
    {
        get
        {
            string line = Message.Split('\n', 2)[0].Trim();
            int colon = line.IndexOf(" Error: ", StringComparison.Ordinal);
            return colon is > 0 and < 40 ? line[(colon + " Error: ".Length)..] : line;
        }
    }
}
