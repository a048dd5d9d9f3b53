using Recsys.Batch.Jobs.Cli;

namespace Recsys.Batch.Jobs.Tests.Cli;

/// <summary>Calls the command line in this process and keeps what it wrote.</summary>
internal sealed record Called(int ExitCode, string Out, string Error)
{
    public static Task<Called> With(params string[] args) => With(null, args);

    public static async Task<Called> With(Func<CliContext, CliContext>? change, params string[] args)
    {
        using var stdout = new StringWriter();
        using var stderr = new StringWriter();
        var surroundings = new CliContext { Out = stdout, Error = stderr };
        int exitCode = await CommandLine.RunAsync(args, change?.Invoke(surroundings) ?? surroundings);
        return new Called(exitCode, stdout.ToString(), stderr.ToString());
    }

    public override string ToString() => $"exit {ExitCode}\n--- stdout\n{Out}\n--- stderr\n{Error}";
}
