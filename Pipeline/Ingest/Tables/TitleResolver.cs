using System.Text;
using System.Text.RegularExpressions;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Ingest.Tables;

/// <summary>
/// One title an item, by vote of the rows that name it: a row's vote halves with its age, texts that differ in case and blanks alone vote together,
/// remarks lose to titles. Ties go to the text that is first in ordinal order, so the order of rows does not matter.
/// </summary>
internal sealed class TitleResolver
{
    private readonly TitleOptions _options;
    private readonly Regex[] _junk;
    private readonly string[] _texts;
    private readonly string[] _keys;
    private readonly bool?[] _isJunk;

    public TitleResolver(IdMap texts, TitleOptions options)
    {
        _options = options;
        _junk = options.JunkPatterns();
        _texts = new string[texts.Count];
        _keys = new string[texts.Count];
        _isJunk = new bool?[texts.Count];
        for (int t = 0; t < texts.Count; t++)
        {
            _texts[t] = Collapse(texts.Text(t));
            _keys[t] = Spelling(_texts[t]);
        }
    }

    public int ItemsWithManyTitles { get; private set; }

    public int JunkOverruled { get; private set; }

    public int JunkOnly { get; private set; }

    /// <param name="votes">Texts of one item's rows.</param>
    /// <param name="ages">Age of each vote in days.</param>
    /// <returns>The title; null where every text is a remark, or there is none.</returns>
    public string? Elect(ReadOnlySpan<int> votes, ReadOnlySpan<double> ages)
    {
        if (votes.IsEmpty) return null;
        var byText = new SortedDictionary<int, double>();
        for (int v = 0; v < votes.Length; v++)
        {
            double vote = _options.HalfLifeDays > 0 ? Math.Pow(2, -ages[v] / _options.HalfLifeDays) : 1;
            byText[votes[v]] = byText.GetValueOrDefault(votes[v]) + vote;
        }
        var titles = byText.Where(t => !IsJunk(t.Key)).ToList();
        if (titles.Count == 0)
        {
            JunkOnly++;
            return null;
        }
        bool overruled = titles.Count < byText.Count;
        if (_options.DemoteLowerCase && titles.Exists(t => HasUpper(_texts[t.Key])))
            overruled |= titles.RemoveAll(t => !HasUpper(_texts[t.Key])) > 0;
        if (overruled) JunkOverruled++;

        var groups = titles.GroupBy(t => _keys[t.Key], StringComparer.Ordinal).ToList();
        if (byText.Keys.Select(t => _keys[t]).Distinct(StringComparer.Ordinal).Count() > 1) ItemsWithManyTitles++;
        // Sums are taken in ordinal order of the texts: adding in another order could round another way.
        var winner = groups.OrderByDescending(Votes).ThenBy(g => g.Key, StringComparer.Ordinal).First();
        return winner.GroupBy(t => _texts[t.Key], StringComparer.Ordinal).OrderByDescending(Votes).ThenBy(g => g.Key, StringComparer.Ordinal).First().Key;
    }

    private double Votes(IEnumerable<KeyValuePair<int, double>> group) => group.OrderBy(t => _texts[t.Key], StringComparer.Ordinal).Sum(t => t.Value);

    private bool IsJunk(int text) => _isJunk[text] ??= Array.Exists(_junk, p => p.IsMatch(_texts[text]));

    private static bool HasUpper(string text) => text.Any(char.IsUpper) || !text.Any(char.IsLower);

    /// <summary>The text without regard to case and blanks: equal for titles that a person reads as one.</summary>
    internal static string Spelling(string text) => Collapse(text).ToUpperInvariant();

    private static string Collapse(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (char c in text)
        {
            bool blank = char.IsWhiteSpace(c) || char.IsControl(c);
            if (!blank) result.Append(c);
            else if (result.Length > 0 && result[^1] != ' ') result.Append(' ');
        }
        return result.ToString().TrimEnd();
    }
}
