using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Recsys.Batch.Jobs.Console.Views;
using Recsys.Batch.Pipeline.Publish;

namespace Recsys.Batch.Jobs.Console.Pages.Lists;

/// <summary>One customer: the list with titles, scores and reasons, the same from another version beside it, and the history that it came from.</summary>
internal sealed class CustomerModel(IOutputStore store, ListArchive archive, UserTokens tokens) : PageModel
{
    private const int HistoryShown = 40;

    public string Who { get; private set; } = "";

    public string UserId { get; private set; } = "";

    public UserList? List { get; private set; }

    public UserList? Other { get; private set; }

    /// <summary>The greatest share of a feature on the list, of either sign; 1 where there is none.</summary>
    public double GreatestShare { get; private set; } = 1;

    /// <summary>Where each item of the list stands on the other one; absent where it does not.</summary>
    public IReadOnlyDictionary<string, int> OtherRanks { get; private set; } = new Dictionary<string, int>();

    /// <summary>What only the other version's list has.</summary>
    public IReadOnlyList<TitledEntry> Gone { get; private set; } = [];

    public IReadOnlyList<HistoryItem>? History { get; private set; }

    public int HistoryLength { get; private set; }

    public IReadOnlyList<VersionRecord> Versions { get; private set; } = [];

    /// <summary>The sealed id cannot be opened: it is from before the host's keys changed.</summary>
    public bool IsExpired { get; private set; }

    public IActionResult OnGet(string who, string? version = null, string? beside = null)
    {
        Who = who;
        if (string.IsNullOrEmpty(who) || tokens.Open(who) is not { } id)
        {
            IsExpired = true;
            return Page();
        }
        UserId = id;
        Versions = [.. store.Versions().Where(v => v.IsComplete)];
        string? shown = Known(version) ?? store.Current;
        if (shown is null) return Page();
        var lists = new UserLists(store);
        List = lists.Read(id, shown);
        double greatest = List.Entries.SelectMany(e => e.Entry.Features is { } f ? f.Strongest.Select(s => s.Share).Append(Math.Abs(f.Others)) : [])
            .DefaultIfEmpty().Max();
        if (greatest > 0) GreatestShare = greatest;
        string? other = beside == "none" ? null : Known(beside) ?? Versions.SkipWhile(v => v.Version != shown).Skip(1).FirstOrDefault()?.Version;
        if (other is not null && other != shown)
        {
            Other = lists.Read(id, other);
            OtherRanks = Other.Entries.GroupBy(e => e.Entry.ItemId).ToDictionary(g => g.Key, g => g.First().Entry.Rank);
            var here = List.Entries.Select(e => e.Entry.ItemId).ToHashSet(StringComparer.Ordinal);
            Gone = [.. Other.Entries.Where(e => !here.Contains(e.Entry.ItemId))];
        }
        History = archive.History(shown, id, HistoryShown);
        HistoryLength = archive.HistoryLength(shown, id) ?? 0;
        return Page();
    }

    private string? Known(string? version) => Versions.FirstOrDefault(v => v.Version == version)?.Version;
}
