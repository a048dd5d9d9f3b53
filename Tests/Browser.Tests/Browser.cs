using Microsoft.Playwright;

namespace Recsys.Batch.Browser.Tests;

/// <summary>
/// The machine's own Chromium, driven by Playwright: one for all tests, each of which has a tab with cookies of its own. It goes with the process of the tests,
/// however that ends.
/// </summary>
internal static class Browser
{
    private const float Patience = 90_000;

    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

    private static readonly Lazy<Task<IBrowser>> Started = new(Start);

    /// <summary>Where it is; null where there is none.</summary>
    public static string? Installed { get; } =
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => Names.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);

    /// <exception cref="AssertInconclusiveException">No browser is installed.</exception>
    public static async Task<Tab> OpenTab(int width = 1440, int height = 900, bool dark = false)
    {
        var browser = await Started.Value;
        var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
            ReducedMotion = ReducedMotion.Reduce,
            IsMobile = width < 600,
        });
        context.SetDefaultTimeout(Patience);
        return new Tab(context, await context.NewPageAsync());
    }

    private static async Task<IBrowser> Start()
    {
        string program = Installed ?? throw new AssertInconclusiveException("no Chromium is installed; on Debian: apt-get install chromium");
        Assertions.SetDefaultExpectTimeout(Patience);
        var driver = await Playwright.CreateAsync();
        return await driver.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions { ExecutablePath = program, Args = ["--no-sandbox", "--hide-scrollbars", "--force-color-profile=srgb"] });
    }
}
