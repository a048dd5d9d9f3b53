using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Jobs.Telemetry;

/// <summary>What <c>Telemetry:OtlpHeaders</c> sends with every request. Values are secrets: no message repeats one.</summary>
internal static class OtlpHeaders
{
    public static bool IsName(string name)
    {
        using var request = new HttpRequestMessage();
        return request.Headers.TryAddWithoutValidation(name, "x");
    }

    /// <summary>The headers with the values that the options hold or point to.</summary>
    /// <exception cref="ConfigurationException">A value is missing, or cannot be sent.</exception>
    public static IReadOnlyList<KeyValuePair<string, string>> Read(TelemetryOptions options) =>
        [.. options.OtlpHeaders.Select(h => KeyValuePair.Create(h.Key, Read($"Telemetry:{nameof(TelemetryOptions.OtlpHeaders)}:{h.Key}", h.Value)))];

    private static string Read(string key, string option)
    {
        const string Expected = "a header's value: one line of ASCII";
        string value = SecretSource.Read(key, option, Expected);
        // Only once a night was over would the client say so.
        return value.Length > 0 && value.All(c => c is >= ' ' and <= '~')
            ? value
            : throw new ConfigurationException($"{key} {(value.Length == 0 ? "is empty" : "holds what cannot be sent")}; expected {Expected}");
    }
}
