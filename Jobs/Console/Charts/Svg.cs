using System.Globalization;

namespace Recsys.Batch.Jobs.Console.Charts;

/// <summary>Numbers as SVG attributes have them.</summary>
internal static class Svg
{
    public static string Percent(double share) => share.ToString("0.##", CultureInfo.InvariantCulture) + "%";

    /// <summary>Points of a line in a box of 1,000 by 1,000, from places in percent.</summary>
    public static string Points(IEnumerable<(double X, double Y)> places) =>
        string.Join(' ', places.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.X * 10:0.#},{p.Y * 10:0.#}")));
}
