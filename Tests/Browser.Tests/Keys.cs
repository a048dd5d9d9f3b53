using Microsoft.Playwright;

namespace Recsys.Batch.Browser.Tests;

/// <summary>What somebody without a pointer does: Tab to a control, see that one is there, press Enter or Space.</summary>
internal static class Keys
{
    private const int MostStops = 120;

    /// <summary>Presses Tab from the top of the page until the control has the focus, and looks whether that is seen.</summary>
    public static async Task TabTo(IPage page, string selector)
    {
        await page.EvaluateAsync("() => { document.activeElement?.blur(); window.getSelection().removeAllRanges(); scrollTo(0, 0); }");
        for (int stop = 0; stop < MostStops; stop++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (!await page.EvaluateAsync<bool>("s => document.activeElement.matches(s)", selector)) continue;
            string seen = await page.EvaluateAsync<string>(
                """
                () => {
                  const e = document.activeElement, s = getComputedStyle(e), b = e.getBoundingClientRect();
                  if (s.outlineStyle === 'none' || parseFloat(s.outlineWidth) < 2) return 'its focus has no outline';
                  return b.bottom > 0 && b.top < innerHeight ? '' : 'it is not in view';
                }
                """);
            Assert.AreEqual("", seen, selector);
            return;
        }
        Assert.Fail($"the keyboard does not reach {selector} on {page.Url}");
    }

    public static async Task Press(IPage page, string selector, string key = "Enter")
    {
        await TabTo(page, selector);
        await page.Keyboard.PressAsync(key);
    }
}
