using System.Globalization;
using System.Text.Json;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Embed.Tuning;

/// <summary><c>tuning.json</c>: what tuning the encoder brings, measured by held-out new items.</summary>
/// <param name="Users">Customers of held-out items who bought others too.</param>
/// <param name="Items">Held-out items.</param>
/// <param name="Depth">Places of a list that count.</param>
/// <param name="ByTime">Whether the held-out items are the newest; else they were drawn.</param>
/// <param name="Before">Mean recall with the encoder as it is.</param>
/// <param name="After">The same with the map that was learned without the held-out items.</param>
/// <param name="Gain">After less before over the same customers, with its 95% interval; null where too few could be measured.</param>
/// <param name="Why">Why the tuned encoder serves or does not, in words.</param>
internal sealed record TuningReport(int Users, int Items, int Depth, bool ByTime, double Before, double After, Interval? Gain, string Why)
{
    public const string FileName = "tuning.json";

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NewLine = "\n",
    };

    public void Write(string path) => AtomicFile.WriteText(path, JsonSerializer.Serialize(this, Json) + "\n");

    /// <summary>The same in one line.</summary>
    public override string ToString() => Gain is not { } gain ? Why : string.Create(
        CultureInfo.InvariantCulture,
        $"{Why}: recall@{Depth} among {Items:N0} {(ByTime ? "newest" : "drawn")} items of {Users:N0} customers {After:F4} beside {Before:F4}, "
        + $"{gain.Value:+0.0000;-0.0000} ({gain.Low:+0.0000;-0.0000} to {gain.High:+0.0000;-0.0000})");

    internal static string TooFew(int users, TuningOptions options) => string.Create(
        CultureInfo.InvariantCulture,
        $"the encoder stays as it is: {users:N0} customers bought a held-out item and others, {options.MinUsers:N0} are needed (Embed:Tuning:MinUsers)");

    internal static string WhyServed(bool serves) => serves ? "the tuned encoder serves" : "the encoder stays as it is, since tuning is not surely ahead";
}
