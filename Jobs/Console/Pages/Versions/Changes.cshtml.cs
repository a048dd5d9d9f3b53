using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Recsys.Batch.Jobs.Console.Views;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Jobs.Console.Pages.Versions;

/// <summary>What readers get otherwise than in the version before.</summary>
internal sealed class ChangesModel(IOutputStore store, ChangeArchive changes, RunArchive runs, UserTokens tokens) : PageModel
{
    public VersionRecord Version { get; private set; } = null!;

    /// <summary>Null where there is no complete version before it any more.</summary>
    public VersionRecord? From { get; private set; }

    /// <summary>Null where there is nothing to compare with, or too much to wait for.</summary>
    public VersionChanges? Changes { get; private set; }

    public IReadOnlyDictionary<string, ItemTitle> Titles { get; private set; } = new Dictionary<string, ItemTitle>();

    /// <summary>Complete versions that it can be laid beside.</summary>
    public IReadOnlyList<VersionRecord> Others { get; private set; } = [];

    /// <summary>Customers with a history for whom the night made no list; null where its run does not say.</summary>
    public double? WithoutList { get; private set; }

    public IActionResult OnGet(string version, string? from = null)
    {
        if (store.Find(version) is not { IsComplete: true } found) return NotFound();
        Version = found;
        Others = [.. store.Versions().Where(v => v.IsComplete && v.Version != version)];
        From = from is null ? changes.Before(found) : Others.FirstOrDefault(v => v.Version == from);
        if (from is not null && From is null) return NotFound();
        if (runs.Find(found.RunId)?.Metric(StageNames.Ingest, "ingest.users") is { } users) WithoutList = Math.Max(0, users - found.Users);
        if (From is null || Math.Max(From.Users, found.Users) > ChangeArchive.MostUsers) return Page();
        Changes = changes.Between(From.Version, version);
        Titles = store.Titles(
            Changes.Came.Concat(Changes.Went).Select(i => i.ItemId).Concat(Changes.MostChanged.SelectMany(l => l.Before.Concat(l.After))).Distinct());
        return Page();
    }

    public string Title(string item) => Titles.TryGetValue(item, out var t) && t.Title is { Length: > 0 } title ? title : item;

    /// <summary>The customer's page; their id is sealed in it.</summary>
    public string Customer(string userId) => "/lists/customer?who=" + Uri.EscapeDataString(tokens.Seal(userId));
}
