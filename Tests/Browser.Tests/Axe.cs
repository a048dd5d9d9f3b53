using System.Text.Json;
using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace Recsys.Batch.Browser.Tests;

/// <summary>axe-core, as Deque's package brings it, with all rules that it has switched on: those of WCAG and its best practices.</summary>
internal static class Axe
{
    private static readonly string Script = new BundledAxeScriptProvider().GetScript();

    /// <returns>A line for each element that breaks a rule.</returns>
    public static async Task<IReadOnlyList<string>> Of(IPage page)
    {
        await page.EvaluateAsync($"() => {{ if (!window.axe) {{ {Script} }} }}");
        var found = await page.EvaluateAsync<JsonElement>("() => axe.run(document, { resultTypes: ['violations'] }).then(r => r.violations)");
        return
        [
            .. found.EnumerateArray().SelectMany(rule => rule.GetProperty("nodes").EnumerateArray().Select(
                node => $"axe {rule.GetProperty("id")}: {rule.GetProperty("help")}: {node.GetProperty("html")}")),
        ];
    }
}
