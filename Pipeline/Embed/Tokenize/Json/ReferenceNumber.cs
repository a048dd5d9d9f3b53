namespace Recsys.Batch.Pipeline.Embed.Tokenize.Json;

/// <summary>
/// A decimal number as the reference's JSON reader takes it: all digits as one integer, rounded to a double, and divided by a power of ten, which may end one
/// unit in the last place beside the nearest double. Segmentations whose scores differ by no more than that are common (the order of <c>00</c> and <c>0</c>),
/// so it decides tokens.
/// </summary>
internal static class ReferenceNumber
{
    private const int LargestPower = 308;

    private static readonly double[] Powers = [.. Enumerable.Range(0, LargestPower + 1)
        .Select(e => double.Parse($"1e{e}", System.Globalization.CultureInfo.InvariantCulture))];

    /// <param name="text">A JSON number.</param>
    public static double Parse(ReadOnlySpan<char> text)
    {
        bool negative = text.StartsWith("-");
        ulong digits = 0;
        int exponent = 0;
        bool fraction = false, full = false;
        int at = negative ? 1 : 0;
        for (; at < text.Length && text[at] is not ('e' or 'E'); at++)
        {
            if (text[at] == '.')
            {
                fraction = true;
                continue;
            }
            uint digit = (uint)(text[at] - '0');
            full = full || digits > (ulong.MaxValue - digit) / 10;
            // What does not fit is left out: behind the point it is nothing, before it a power of ten.
            if (full) exponent += fraction ? 0 : 1;
            else
            {
                digits = digits * 10 + digit;
                if (fraction) exponent--;
            }
        }
        if (at < text.Length)
            exponent += int.Parse(text[(at + 1)..], System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture);
        double value = digits;
        for (; exponent < -LargestPower; exponent += LargestPower) value /= Powers[LargestPower];
        value = exponent < 0 ? value / Powers[-exponent] : value * Powers[Math.Min(exponent, LargestPower)];
        return negative ? -value : value;
    }
}
