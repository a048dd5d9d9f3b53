namespace Recsys.Batch.Jobs.Console.Charts;

/// <summary>Where a point's number stands, in pixels from the point.</summary>
internal sealed record BalanceLabel(double X, double Y, bool EndsThere);

/// <summary>
/// Places for the numbers at a balance chart's points, such that none lies over another number or over a point at any width of a range. A number without room
/// is left out: the point's name and the table below have it.
/// </summary>
internal static class BalanceLabels
{
    /// <summary>Of the picture.</summary>
    public const int Height = 380;

    private const double Character = 6.8, Line = 12, Radius = 6, Ring = 12, Gap = 3;

    /// <summary>Widths that the picture has in small windows and in large ones.</summary>
    public static readonly IReadOnlyList<double> Narrow = [280, 330, 360, 420, 500, 600, 740], Wide = [600, 680, 760, 830, 900];

    /// <param name="text">A point's number; empty for none.</param>
    /// <param name="isRinged">Whether there is a ring around it. Those have a place first, and over other points where it must be.</param>
    /// <returns>By the point's index.</returns>
    public static IReadOnlyDictionary<int, BalanceLabel> Of(
        IReadOnlyList<BalanceMark> marks, IReadOnlyList<double> widths, Func<BalanceMark, string> text, Func<BalanceMark, bool> isRinged)
    {
        var placed = new Dictionary<int, BalanceLabel>();
        var points = widths.Select(w => marks.Select(m => Box.Around(m, w, isRinged(m) ? Ring : Radius)).ToArray()).ToArray();
        var taken = widths.Select(_ => new List<Box>()).ToArray();
        foreach (var mark in marks.OrderBy(m => isRinged(m) ? 0 : 1).ThenBy(m => m.Index))
        {
            double length = text(mark).Length * Character;
            if (length == 0) continue;
            double away = (isRinged(mark) ? Ring : Radius) + Gap;
            // Beside the point and above it first, as eyes expect it.
            BalanceLabel[] places =
                [new(away, -away / 2, false), new(-away, -away / 2, true), new(away, away / 2 + Line, false), new(-away, away / 2 + Line, true)];
            bool IsFree(BalanceLabel place, bool overPoints) => widths.Select((w, i) => (Box: Box.Of(mark, w, place, length), Width: w, At: i))
                .All(b => b.Box.IsInside(b.Width) && !taken[b.At].Any(b.Box.Overlaps) && (overPoints || !points[b.At].Any(b.Box.Overlaps)));
            var found = places.FirstOrDefault(p => IsFree(p, false)) ?? (isRinged(mark) ? places.FirstOrDefault(p => IsFree(p, true)) : null);
            if (found is null) continue;
            for (int i = 0; i < widths.Count; i++) taken[i].Add(Box.Of(mark, widths[i], found, length));
            placed[mark.Index] = found;
        }
        return placed;
    }

    private readonly record struct Box(double Left, double Top, double Right, double Bottom)
    {
        public static Box Around(BalanceMark mark, double width, double radius)
        {
            var (x, y) = (mark.X / 100 * width, mark.Y / 100 * Height);
            return new Box(x - radius, y - radius, x + radius, y + radius);
        }

        public static Box Of(BalanceMark mark, double width, BalanceLabel label, double length)
        {
            var (x, y) = (mark.X / 100 * width + label.X, mark.Y / 100 * Height + label.Y);
            return label.EndsThere ? new Box(x - length, y - Line, x, y + Gap) : new Box(x, y - Line, x + length, y + Gap);
        }

        public bool Overlaps(Box other) => Left < other.Right && other.Left < Right && Top < other.Bottom && other.Top < Bottom;

        public bool IsInside(double width) => Left >= 0 && Right <= width && Top >= 0 && Bottom <= Height;
    }
}
