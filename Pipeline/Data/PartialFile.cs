namespace Recsys.Batch.Pipeline.Data;

/// <summary>
/// What a file is called while it is written. The name is the process's own: one that was paused, and whose work another process has taken over, would
/// otherwise keep the other from writing, or rename what the other has half written.
/// </summary>
internal static class PartialFile
{
    public const string Extension = ".partial";

    private static readonly string s_process = $"{Environment.MachineName}-{Environment.ProcessId}";

    /// <param name="path">The file as it will be called.</param>
    public static string Of(string path) => $"{path}.{s_process}{Extension}";
}
