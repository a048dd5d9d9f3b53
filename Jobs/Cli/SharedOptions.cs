using System.CommandLine;

namespace Recsys.Batch.Jobs.Cli;

/// <summary>The options that every command takes.</summary>
internal static class SharedOptions
{
    public static readonly Option<string[]> Config = new("--config", "-c")
    {
        Description = "A JSON file of settings over appsettings.json; may be given several times, later over earlier",
        HelpName = "FILE",
        Recursive = true,
        AllowMultipleArgumentsPerToken = false,
    };

    public static readonly Option<string[]> Set = new("--set", "-s")
    {
        Description = "One setting over all files and the environment; may be given several times",
        HelpName = "Section:Key=value",
        Recursive = true,
        AllowMultipleArgumentsPerToken = false,
    };

    public static readonly Option<bool> Json = new("--json")
    {
        Description = "Print one JSON object on stdout and nothing else there",
        Recursive = true,
    };
}
