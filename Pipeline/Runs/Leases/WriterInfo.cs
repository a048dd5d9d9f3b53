using System.Diagnostics;
using System.Globalization;

namespace Recsys.Batch.Pipeline.Runs.Leases;

/// <summary>Who writes to an output store, as its lease says it: <c>NODE JOB [ID]</c>.</summary>
/// <param name="Node">Host and process, without spaces.</param>
/// <param name="JobId">The scheduler's job; null for a run from the command line.</param>
internal sealed record WriterInfo(string Node, string Job, string? JobId = null)
{
    /// <summary>This process.</summary>
    public static string ThisNode { get; } = $"{Environment.MachineName.Replace(' ', '-')}:{Environment.ProcessId}";

    /// <summary>
    /// Whether it was a process of this machine that is no more; false where that cannot be told, as in a container, whose processes another one does not see.
    /// </summary>
    public bool IsGone
    {
        get
        {
            string machine = ThisNode[..(ThisNode.LastIndexOf(':') + 1)];
            if (Environment.GetEnvironmentVariable("DOTNET_RUNNING_IN_CONTAINER") is { Length: > 0 }) return false;
            if (!Node.StartsWith(machine, StringComparison.Ordinal)
                || !int.TryParse(Node.AsSpan(machine.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int id))
            {
                return false;
            }
            try
            {
                using var process = Process.GetProcessById(id);
                return process.HasExited;
            }
            catch (ArgumentException)
            {
                return true;
            }
        }
    }

    public static WriterInfo Parse(string text) => text.Split(' ', 3) switch
    {
        [var node, var job, var id] => new WriterInfo(node, job, id),
        [var node, var job] => new WriterInfo(node, job),
        var other => new WriterInfo(other[0], ""),
    };

    public override string ToString() => JobId is null ? $"{Node} {Job}" : $"{Node} {Job} {JobId}";
}
