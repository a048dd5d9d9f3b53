using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Stage;

/// <summary>A secret that an option holds, or only points to: <c>env:NAME</c> or <c>file:PATH</c>. No message repeats what was found there.</summary>
internal static class SecretSource
{
    /// <param name="key">The option's key, for messages.</param>
    /// <param name="option">What the option says.</param>
    /// <param name="expected">What should be there, as <c>a connection string</c>.</param>
    /// <exception cref="ConfigurationException">There is nothing where <paramref name="option"/> points.</exception>
    public static string Read(string key, string option, string expected)
    {
        if (option.StartsWith("env:", StringComparison.OrdinalIgnoreCase))
        {
            string name = option[4..];
            return Environment.GetEnvironmentVariable(name) is { Length: > 0 } value
                ? value
                : throw new ConfigurationException($"{key} names the environment variable {name}, which is not set; expected {expected} in it");
        }
        if (!option.StartsWith("file:", StringComparison.OrdinalIgnoreCase)) return option;
        string path = option[5..];
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{key} names the file {path}, which cannot be read ({e.GetType().Name}); expected {expected} in it", e);
        }
    }
}
