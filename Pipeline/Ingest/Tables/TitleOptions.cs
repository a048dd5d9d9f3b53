using System.Text.RegularExpressions;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Ingest.Tables;

/// <summary>How one title is chosen where the log gives an item many texts.</summary>
internal sealed class TitleOptions
{
    /// <summary>
    /// Regular expressions (invariant, case counts) of texts that are remarks, not titles: used only for an item that has nothing else. Empty: question
    /// marks and the usual stock-keeping remarks (damaged, lost, sold as ...).
    /// </summary>
    public List<string> Junk { get; set; } = [];

    /// <summary>Texts without one upper-case letter lose to texts that have some (typed stock remarks among printed titles).</summary>
    public bool DemoteLowerCase { get; set; } = true;

    /// <summary>A vote this many days older than the newest row counts half, 0 to 1,000,000; 0: all votes count the same.</summary>
    public double HalfLifeDays { get; set; } = 180;

    /// <summary>
    /// Whether items are variants of one product where their titles (and brands) differ in colour, size or number alone; needs words with blanks between
    /// them. A column <see cref="ItemColumns.Parent"/> takes its place.
    /// </summary>
    public bool Variants { get; set; } = true;

    /// <summary>Further words that tell variants apart, beside the colours and sizes that are known in six languages: scents, fabrics.</summary>
    public List<string> VariantWords { get; set; } = [];

    /// <summary>Question marks and stock-keeping remarks.</summary>
    public static readonly IReadOnlyList<string> DefaultJunk =
    [
        @"^[\s?.,!*-]*$",
        @"(?i)^\W*(damage[sd]?|wrong(ly)?( (coded|marked|code|barcode).*)?|lost|missing|found|check(ed)?|mix(ed)? "
        + @"?up|adjust(ment)?|thrown away.*|smashed|faulty|wet.*|rusty.*|mouldy.*|crushed|broken|sold as "
        + @".*|samples?|test|display|returned|counted|incorrect.*|code mix.*|unsaleable.*|sale error|barcode problem|rcvd be air temp fix for dotcom "
        + @"sit|amazon.*|ebay|dotcom.*|fba|nan|null|none)\W*$",
    ];

    internal Regex[] JunkPatterns() => Patterns.Compile(Junk.Count > 0 ? Junk : DefaultJunk, "Ingest:Titles:Junk");

    internal void Validate(OptionsCheck check)
    {
        check.InRange(HalfLifeDays, 0, 1e6, "Titles:HalfLifeDays");
        Patterns.Validate(check, Junk, "Titles:Junk");
    }
}

/// <summary>Regular expressions from configuration.</summary>
internal static class Patterns
{
    // Linear time: a pattern from a configuration file must not be able to hang a night.
    private const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.NonBacktracking;

    public static Regex[] Compile(IEnumerable<string> patterns, string key) => [.. patterns.Select(p => Make(p, key))];

    public static void Validate(OptionsCheck check, IEnumerable<string> patterns, string key)
    {
        foreach (string pattern in patterns)
        {
            try
            {
                Make(pattern, key);
            }
            catch (ConfigurationException e)
            {
                check.Require(false, pattern, $"a regular expression ({e.InnerException!.Message})", key);
            }
        }
    }

    private static Regex Make(string pattern, string key)
    {
        try
        {
            return new Regex(pattern, Options);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new ConfigurationException($"{key} is '{pattern}'; expected a regular expression without look-around or back-references: {e.Message}", e);
        }
    }
}
