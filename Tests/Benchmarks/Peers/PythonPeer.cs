using System.Diagnostics;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Benchmarks.Peers;

/// <summary>A peer's script under Tests/Benchmarks/Peers, run by Python with one BLAS thread, as implicit itself asks for.</summary>
/// <param name="python">The interpreter; what the script imports must be installed there, or named by PYTHONPATH.</param>
internal sealed class PythonPeer(string python, string script)
{
    /// <summary>The lines that the script prints.</summary>
    /// <exception cref="InvalidOperationException">It cannot start, or ends with an error; its last words are in the message.</exception>
    public IReadOnlyList<string> Run(IEnumerable<string> arguments)
    {
        string file = Path.Combine(AppContext.BaseDirectory, "Peers", script);
        var start = new ProcessStartInfo(python, [file, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["OPENBLAS_NUM_THREADS"] = "1";
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{python} did not start");
        var errors = process.StandardError.ReadToEndAsync();
        string[] lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException(
                $"{python} {script} ended with exit code {process.ExitCode}: {string.Join('\n', errors.Result.Split('\n').TakeLast(6))}");
        return lines;
    }

    /// <summary>Pairs of row and column, one "row,column" a line.</summary>
    public static void Write(SparseRows pairs, string file)
    {
        using var writer = new StreamWriter(file);
        for (int row = 0; row < pairs.Rows; row++)
            foreach (int column in pairs.RowIndices(row)) writer.Write($"{row},{column}\n");
    }
}
