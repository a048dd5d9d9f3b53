using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Recsys.Batch.Jobs.Console.Views;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Publish;

namespace Recsys.Batch.Jobs.Console.Pages.Lists;

/// <summary>One item: what is known of it, its neighbors by source, and on whose lists it stands.</summary>
internal sealed class ItemModel(IOutputStore store, ListArchive archive, UserTokens tokens) : PageModel
{
    private const int ListsShown = 12;

    public ItemFacts Item { get; private set; } = null!;

    public string? Current { get; private set; }

    public IReadOnlyList<IGrouping<string, NeighborEntry>> Neighbors { get; private set; } = [];

    public IReadOnlyDictionary<string, ItemTitle> Titles { get; private set; } = new Dictionary<string, ItemTitle>();

    public IReadOnlyList<(string Token, ItemPosition Place)> Lists { get; private set; } = [];

    public IActionResult OnGet(string? id)
    {
        Current = store.Current;
        if (string.IsNullOrEmpty(id) || Current is null || archive.Item(Current, id) is not { } item) return NotFound();
        Item = item;
        var neighbors = store.Neighbors(id, Current);
        Neighbors = [.. neighbors.GroupBy(n => n.Source)];
        Titles = store.Titles(neighbors.Select(n => n.NeighborId).Distinct());
        Lists = [.. store.ListsWith(id, ListsShown).Select(p => (tokens.Seal(p.UserId), p))];
        return Page();
    }
}
