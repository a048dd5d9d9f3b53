using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using Recsys.Batch.Jobs.Cli.Display;
using Recsys.Batch.Jobs.Text;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Jobs.Cli;

/// <summary>Turns what went wrong into one message on stderr (and the JSON object, where that was asked for) and an exit code.</summary>
internal static class Failure
{
    /// <summary>Runs a command's action under the rules of exit codes.</summary>
    public static async Task<int> Guard(Invocation call, Func<Invocation, Task<int>> action, string resumeHint)
    {
        bool json = call.Screen.IsJson;
        try
        {
            return await action(call).ConfigureAwait(false);
        }
        catch (RecsysException e)
        {
            return Report(e.Message, e.ExitCode, json, call.CliContext);
        }
        catch (DbException e)
        {
            return Report(
                $"the database could not do what was asked: {e.Message.ReplaceLineEndings(" ")}; "
                + $"'doctor' says whether it can be reached and what rights there are",
                1, json, call.CliContext);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            string wayOut = e is UnauthorizedAccessException ? $"grant user '{Environment.UserName}' the right to it" : "make room or give access there";
            return Report(
                $"A file or folder could not be read or written: {FirstLine(e)}; {wayOut}, or name another; 'doctor' tries the folders of a configuration",
                1, json, call.CliContext);
        }
        catch (OperationCanceledException) when (call.Cancellation.IsCancellationRequested)
        {
            return Report($"Stopped before the end; what is published stays as it was. {resumeHint}", 1, json, call.CliContext);
        }
#pragma warning disable CA1031 // The last resort of the process: the details go to a file, the person gets a sentence.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return Report($"Something unexpected went wrong: {FirstLine(e)}{Environment.NewLine}{KeepDetails(e, call.CliContext)}", 1, json, call.CliContext);
        }
    }

    public static int Report(string message, int exitCode, bool json, CliContext surroundings)
    {
        surroundings.Error.WriteLine(SafeText.Lines(message));
        if (json) surroundings.Out.WriteLine(JsonSerializer.Serialize(new { error = message, exit_code = exitCode }, Screen.JsonStyle));
        return exitCode;
    }

    private static string FirstLine(Exception e) => $"{e.GetType().Name}: {e.Message.Split('\n')[0].TrimEnd()}";

    private static string KeepDetails(Exception e, CliContext surroundings)
    {
        string stamp = surroundings.Time.GetUtcNow().ToString("yyyyMMdd-HHmmss-fff", CultureInfo.InvariantCulture);
        string file = Path.Combine(Path.GetTempPath(), $"recsys-batch-{stamp}.txt");
        try
        {
            File.WriteAllText(file, e.ToString());
            return $"The details are in {file}; please send them with the report.";
        }
        catch (Exception w) when (w is IOException or UnauthorizedAccessException)
        {
            return $"The details could not be kept ({w.Message}): {e}";
        }
    }
}
