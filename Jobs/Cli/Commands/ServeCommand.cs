using System.CommandLine;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Jobs.Cli.Commands;

/// <summary><c>serve</c>: the host. It comes with a later version; until then the command says so instead of pretending.</summary>
internal static class ServeCommand
{
    public static Command Build(Surroundings surroundings) =>
        new Command("serve", "The host: scheduler, console and API (comes with a later version)").Does(surroundings, _ =>
            throw new ConfigurationException(
                "serve: the host (scheduler, console, API) comes with a later version. " +
                "Run a night in the foreground with: run nightly --config FILE. See all commands with: --help"));
}
