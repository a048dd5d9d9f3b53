using System.CommandLine;
using Recsys.Batch.Jobs.Access;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Jobs.Cli.Commands;

/// <summary><c>serve hash-password</c> and <c>serve new-key</c>: what goes into the configuration, never the secret itself.</summary>
internal static class CredentialCommands
{
    private const int ShortestPassword = 12;

    public static Command HashPassword(CliContext surroundings) =>
        new Command("hash-password", "Reads a password from standard input and prints its hash for Serve:Users").Does(surroundings, async call =>
        {
            string password = (await surroundings.In.ReadLineAsync(call.Cancellation).ConfigureAwait(false) ?? "").TrimEnd('\r');
            if (password.Length is < ShortestPassword or > 1024)
            {
                throw new ConfigurationException(
                    $"the password on standard input has {password.Length} letters; expected {ShortestPassword} to 1,024 on one line, "
                    + $"for example: serve hash-password < FILE");
            }
            string hash = PasswordHash.Create(password).ToString();
            call.Screen.Line(hash);
            call.Screen.Json(new { PasswordHash = hash });
            return 0;
        });

    public static Command NewKey(CliContext surroundings) =>
        new Command("new-key", "Makes a program's key, and its hash for Serve:ApiKeys; the key is shown this once").Does(surroundings, call =>
        {
            string key = ApiKey.Create();
            call.Screen.Line($"Key, for the program alone:  {key}");
            call.Screen.Line($"KeyHash, for Serve:ApiKeys:  {ApiKey.Hash(key)}");
            call.Screen.Json(new { Key = key, KeyHash = ApiKey.Hash(key) });
            return Task.FromResult(0);
        });
}
