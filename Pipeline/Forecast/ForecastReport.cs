using System.Text.Json;
using System.Text.Json.Serialization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Forecast;

/// <summary><c>forecast.json</c>: how well sales were foretold. The newest stretch is judged by what the ones before it chose.</summary>
/// <param name="Items">Items with a forecast.</param>
/// <param name="Left">Items that were sold and have none: they are too young.</param>
/// <param name="Methods">Items by method.</param>
/// <param name="Mase">
/// Mean over items of the absolute error in the newest stretch, measured by that of the week before within the days before all stretches (Hyndman and Koehler
/// 2006).
/// </param>
/// <param name="NaiveMase">The same of the week before.</param>
/// <param name="RelativeError">Absolute error over all items, beside that of the week before.</param>
/// <param name="Coverage">Share of items and days of the newest stretch whose sales lie within the interval that the stretches before it set.</param>
internal sealed record ForecastReport(
    int Items, int Left, IReadOnlyDictionary<string, int> Methods, double Mase, double NaiveMase, double RelativeError, double Coverage)
{
    public const string FileName = "forecast.json";

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        NewLine = "\n",
    };

    public void Save(string path) => AtomicFile.WriteText(path, JsonSerializer.Serialize(this, Json) + "\n");

    /// <exception cref="ArtifactException">The file is empty.</exception>
    public static ForecastReport Read(string path) =>
        JsonSerializer.Deserialize<ForecastReport>(File.ReadAllText(path), Json) ?? throw new ArtifactException(path, "it is empty; run again");
}
