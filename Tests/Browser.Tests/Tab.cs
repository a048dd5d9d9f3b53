using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Recsys.Batch.Browser.Tests;

/// <summary>One tab. Whatever the browser complains of (script errors, content security policy, failed requests) gathers in <see cref="Complaints"/>.</summary>
internal sealed class Tab : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _complaints = [];

    public Tab(IBrowserContext context, IPage page)
    {
        (_context, Page) = (context, page);
        page.PageError += (_, error) => _complaints.Enqueue($"script: {error}");
        // "Are you sure?"
        page.Dialog += async (_, asked) => await asked.AcceptAsync();
        page.Console += (_, said) =>
        {
            if (said.Type is "error" or "warning" or "assert") _complaints.Enqueue($"{said.Type}: {said.Text} {said.Location}");
        };
    }

    public IPage Page { get; }

    public IReadOnlyCollection<string> Complaints => _complaints;

    public void AssertNoComplaint() => Assert.AreEqual(0, _complaints.Count, string.Join(Environment.NewLine, _complaints));

    /// <summary>Signs in on the page that asks for it.</summary>
    public async Task SignIn(string name, string password)
    {
        await Page.FillAsync("#name", name);
        await Page.FillAsync("#password", password);
        await Page.ClickAsync("form button:not([name])");
    }

    public ValueTask DisposeAsync() => _context.DisposeAsync();

    /// <summary>Whether <c>RECSYS_SCREENSHOTS=FOLDER</c> asks for pictures.</summary>
    public static bool TakesPictures => Environment.GetEnvironmentVariable("RECSYS_SCREENSHOTS") is { Length: > 0 };

    /// <summary>Keeps a picture of the whole page for people to look at, where they are asked for.</summary>
    public async Task Picture(string name)
    {
        if (!TakesPictures) return;
        string folder = Environment.GetEnvironmentVariable("RECSYS_SCREENSHOTS")!;
        await Page.ScreenshotAsync(new PageScreenshotOptions { FullPage = true, Path = System.IO.Path.Combine(folder, name + ".png") });
    }
}
