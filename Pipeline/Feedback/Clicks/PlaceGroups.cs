using System.Globalization;

namespace Recsys.Batch.Pipeline.Feedback.Clicks;

/// <summary>Places of a list that are looked at together: each of the first ten for itself, further ones in groups.</summary>
internal static class PlaceGroups
{
    private static readonly int[] First = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 16, 21, 31, 51];

    public static int Count => First.Length;

    /// <param name="rank">From 1.</param>
    public static int Of(int rank) => Array.BinarySearch(First, rank) is var at && at >= 0 ? at : ~at - 1;

    /// <summary>The rank that stands for a group.</summary>
    public static int Middle(int group) => group == Count - 1 ? First[group] : (First[group] + First[group + 1] - 1) / 2;

    /// <summary><c>3</c>, <c>11 to 15</c>, <c>51 on</c>.</summary>
    public static string Name(int group)
    {
        string first = First[group].ToString(CultureInfo.InvariantCulture);
        if (group == Count - 1) return first + " on";
        int last = First[group + 1] - 1;
        return last == First[group] ? first : string.Create(CultureInfo.InvariantCulture, $"{first} to {last}");
    }
}
