using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Recsys.Batch.Jobs.Console.Views;
using Recsys.Batch.Pipeline.Publish;

namespace Recsys.Batch.Jobs.Console.Pages.Lists;

/// <summary>Finds a customer's list or an item. A customer's id travels in a form, never in an address.</summary>
internal sealed class IndexModel(IOutputStore store, ListArchive archive, UserTokens tokens) : PageModel
{
    private const int Shown = 30;

    public string? Current { get; private set; }

    public string? Query { get; private set; }

    public IReadOnlyList<ItemTitle> Items { get; private set; } = [];

    public IReadOnlyList<(string Token, string UserId, int Items)> Samples { get; private set; } = [];

    public IReadOnlyList<SegmentEntry> Defaults { get; private set; } = [];

    public IReadOnlyDictionary<string, ItemTitle> Titles { get; private set; } = new Dictionary<string, ItemTitle>();

    public string? Missed { get; private set; }

    public IActionResult OnGet(string? q = null)
    {
        Load();
        Query = q?.Trim();
        if (string.IsNullOrEmpty(Query)) return Page();
        Items = store.SearchItems(Query, Shown);
        return Items is [var only] || Items is [var first, ..] && first.ItemId == Query
            ? LocalRedirect($"/lists/item?id={Uri.EscapeDataString(Items[0].ItemId)}")
            : Page();
    }

    public IActionResult OnPost(string? user)
    {
        Load();
        string id = (user ?? "").Trim();
        if (id.Length > 0 && Current is { } current && (store.List(id, current).Count > 0 || archive.Knows(current, id) == true))
            return LocalRedirect($"/lists/customer?who={tokens.Seal(id)}");
        Missed = id.Length == 0
            ? "Type a customer’s id, as the logs write it."
            : "No customer of that id has a list or a history in the current version. They get the default list below.";
        return Page();
    }

    private void Load()
    {
        Current = store.Current;
        if (Current is null) return;
        Samples = [.. archive.Samples(Current).Select(s => (tokens.Seal(s.UserId), s.UserId, s.Items))];
        Defaults = [.. store.SegmentDefaults(Current).Where(d => d.Segment == "all").Take(10)];
        Titles = store.Titles(Defaults.Select(d => d.ItemId));
    }
}
