using System.CommandLine;
using Recsys.Batch.Jobs.Access;
using Recsys.Batch.Jobs.Cli.Display;
using Recsys.Batch.Jobs.Configuration;
using Recsys.Batch.Jobs.Host;
using Recsys.Batch.Pipeline.Publish;

namespace Recsys.Batch.Jobs.Cli.Commands;

/// <summary><c>serve</c>: the host, until it is stopped.</summary>
internal static class ServeCommand
{
    public static Command Build(CliContext surroundings)
    {
        var output = OutputOption.New();
        var urls = new Option<string[]>("--urls") { Description = "Where to listen; short for --set Serve:Urls:0=URL", HelpName = "URL" };
        var development = new Option<bool>("--development")
        {
            Description = "On this machine alone, without users and keys: whoever reaches it is an operator",
        };
        var command = new Command("serve", "The host: scheduler, console and API") { output, urls, development }.Does(
            surroundings,
            async call =>
            {
                var root = call.Settings(output);
                if (call.Value(urls) is { Length: > 0 } given) SetUrls(root, given);
                if (call.Value(development) || IsDevelopment(surroundings))
                    root.Child("Serve", "--development").Child("Development", "--development").SetScalar("true", "--development");
                string folder = call.FullPath(root.Find("Publish")?.Find("Path")?.Value ?? new PublishOptions().Path);
                FolderRights.Require(folder, "Publish:Path");
                await using var host = RecsysHost.Build(root, folder, surroundings.Time, surroundings.Error);
                await host.StartAsync(call.Cancellation).ConfigureAwait(false);
                Welcome(call.Screen, host);
                try
                {
                    await Task.Delay(Timeout.InfiniteTimeSpan, surroundings.Time, call.Cancellation).ConfigureAwait(false);
                }
                catch (OperationCanceledException) when (call.Cancellation.IsCancellationRequested)
                {
                    call.Screen.Line("Stopping.");
                }
                await host.StopAsync().ConfigureAwait(false);
                return 0;
            });
        command.Add(CredentialCommands.HashPassword(surroundings));
        command.Add(CredentialCommands.NewKey(surroundings));
        return command;
    }

    private static void SetUrls(SettingsNode root, string[] urls)
    {
        var node = root.Child("Serve", "--urls").Child("Urls", "--urls");
        node.StartList("--urls");
        for (int i = 0; i < urls.Length; i++) node.Child(i.ToString(System.Globalization.CultureInfo.InvariantCulture), "--urls").SetScalar(urls[i], "--urls");
    }

    private static bool IsDevelopment(CliContext surroundings) =>
        surroundings.Variables.GetValueOrDefault("ASPNETCORE_ENVIRONMENT") is "Development";

    private static void Welcome(Screen screen, RecsysHost host)
    {
        var facts = host.Services.GetRequiredService<HostInfo>();
        foreach (string url in host.Urls) screen.Markup($"Serving [bold]{Screen.Cell(url)}[/] over {Screen.Cell(facts.OutputFolder)}");
        screen.Line(facts.OpenAccess
            ? "Development: no sign-in, whoever reaches this machine's own address is an operator. For others to use it, "
                + "configure Serve:Users or Serve:ApiKeys."
            : facts.Options.Users.Count > 0 ? "Sign in with a user of Serve:Users; programs send a key of Serve:ApiKeys as X-Api-Key."
            : "There are keys and no users: programs send a key of Serve:ApiKeys as X-Api-Key; nobody can sign in to the console.");
        screen.Line("Stop with Ctrl-C.");
        screen.Json(new { host.Urls, Output = facts.OutputFolder, facts.OpenAccess });
    }
}
