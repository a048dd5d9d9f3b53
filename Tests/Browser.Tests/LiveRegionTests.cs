using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Recsys.Batch.Browser.Tests;

/// <summary>What a reader does in a live region outlasts its refreshes, in a real browser.</summary>
[TestClass]
internal sealed class LiveRegionTests
{
    private static readonly string Lines = string.Concat(Enumerable.Range(1, 200).Select(n => $"<li id=\"l{n}\">line {n}</li>"));

    [TestMethod]
    public async Task Refresh_keeps_focus_scroll_position_and_open_details()
    {
        static string At(int step) =>
            $"""
            <p id="step">{step}</p><a href="/nowhere">link of {step}</a><details><summary>More</summary><p>about {step}</p></details>
            <div class="log" id="log" tabindex="0"><ol>{Lines}<li id="step-line">step {step}</li></ol></div>
            """;
        await using var live = await LivePage.Start(At(1));
        await using var tab = await OpenTab(live);
        var page = tab.Page;
        await page.EvaluateAsync("$('details').open = true; $('#log').scrollTop = 300; $('a').focus()");

        live.Content = At(2);
        await Expect(page.Locator("#step")).ToHaveTextAsync("2");

        Assert.AreEqual("link of 2", await Said(page, "document.activeElement.textContent"));
        Assert.AreEqual("true", await Said(page, "$('details').open"));
        Assert.AreEqual("about 2", await Said(page, "$('details p').textContent"));
        Assert.AreEqual("300", await Said(page, "$('#log').scrollTop"));
        Assert.AreEqual("step 2", await Said(page, "$('#log li:last-child').textContent"));
        tab.AssertNoComplaint();
    }

    [TestMethod]
    public async Task Refresh_keeps_selected_text_and_follows_a_log_at_its_end()
    {
        await using var live = await LivePage.Start($"<div class=\"log\" id=\"log\"><ol>{Lines}</ol></div>");
        await using var tab = await OpenTab(live);
        var page = tab.Page;
        await page.EvaluateAsync("getSelection().setBaseAndExtent($('#l199').firstChild, 0, $('#l200').firstChild, 8)");

        // A log shows its newest lines: old ones leave at the top.
        string newest = Lines[Lines.IndexOf("<li id=\"l3\"", StringComparison.Ordinal)..];
        live.Content = $"<div class=\"log\" id=\"log\"><ol>{newest}<li id=\"l201\">line 201</li></ol></div>";
        await Expect(page.Locator("#l201")).ToHaveCountAsync(1);

        Assert.AreEqual("line 199 line 200", (await Said(page, "getSelection().toString()")).ReplaceLineEndings(" "));
        Assert.AreEqual("199", await Said(page, "$$('#log li').length"));
        Assert.AreEqual("true", await Said(page, "(log => log.scrollTop > 0 && log.scrollHeight - log.scrollTop - log.clientHeight < 2)($('#log'))"));
    }

    [TestMethod]
    public async Task Region_is_left_alone_while_someone_types_in_it()
    {
        await using var live = await LivePage.Start("<p id=\"step\">1</p><input id=\"box\" value=\"\">");
        await using var tab = await OpenTab(live);
        var page = tab.Page;
        await page.EvaluateAsync("$('#box').focus(); $('#box').value = 'abc'; $('#box').setSelectionRange(1, 2)");

        live.Content = "<p id=\"step\">2</p><input id=\"box\" value=\"other\">";
        // The clock's region shows that refreshes go on meanwhile.
        foreach (string time in (string[])["1", "2", "3", "4"])
        {
            live.Clock = time;
            await Expect(page.Locator("#clock")).ToHaveTextAsync(time);
        }
        Assert.AreEqual("1", await Said(page, "$('#step').textContent"));
        Assert.AreEqual("box abc 1 2", await Said(page, "(b => [b.id, b.value, b.selectionStart, b.selectionEnd].join(' '))(document.activeElement)"));
        await page.EvaluateAsync("document.activeElement.blur()");
        await Expect(page.Locator("#step")).ToHaveTextAsync("2");

        Assert.AreEqual("abc", await Said(page, "$('#box').value"));
    }

    [TestMethod]
    public async Task Refresh_that_brings_nothing_new_touches_no_node()
    {
        await using var live = await LivePage.Start("<p>as before</p><details><summary>More</summary><p>text</p></details>");
        await using var tab = await OpenTab(live);
        var page = tab.Page;
        await page.EvaluateAsync("$('details').open = true");
        await page.EvaluateAsync(
            """
            window.changes = 0;
            new MutationObserver(found => window.changes += found.length)
              .observe($('#live'), { subtree: true, childList: true, attributes: true, characterData: true })
            """);

        for (int asked = 0; asked < 3; asked++) await page.WaitForResponseAsync("**/live");
        Assert.AreEqual("0", await Said(page, "window.changes"));
        live.Content = "<p>changed</p>";
        await Expect(page.Locator("#live")).ToHaveTextAsync("changed");

        Assert.AreNotEqual("0", await Said(page, "window.changes"));
    }

    [TestMethod]
    public async Task New_row_above_leaves_the_focus_on_its_own_row()
    {
        static string Rows(params int[] runs) =>
            $"<table><tbody>{string.Concat(runs.Select(r => $"\n<tr id=\"run-{r}\"><td><a href=\"/runs/{r}\">run {r}</a></td></tr>"))}</tbody></table>";
        await using var live = await LivePage.Start(Rows(3, 2, 1));
        await using var tab = await OpenTab(live);
        var page = tab.Page;
        await page.EvaluateAsync("$('#run-2 a').focus()");

        live.Content = Rows(5, 4, 2, 1);
        await Expect(page.Locator("#run-5")).ToHaveCountAsync(1);

        Assert.AreEqual("run 2", await Said(page, "document.activeElement.textContent"));
        Assert.AreEqual("run 5,run 4,run 2,run 1", await Said(page, "[...$$('#live a')].map(a => a.textContent).join()"));
        live.Content = Rows(1, 2, 6);
        await Expect(page.Locator("#run-6")).ToHaveCountAsync(1);
        Assert.AreEqual("run 1,run 2,run 6", await Said(page, "[...$$('#live a')].map(a => a.textContent).join()"));
    }

    [TestMethod]
    public async Task Focus_of_a_control_that_is_gone_goes_to_the_main_part()
    {
        await using var live = await LivePage.Start("<form id=\"cancel\"><button>Cancel</button></form>");
        await using var tab = await OpenTab(live);
        var page = tab.Page;
        await page.EvaluateAsync("$('button').focus()");

        live.Content = "<form id=\"resume\"><button>Resume</button></form>";
        await Expect(page.Locator("#resume")).ToHaveCountAsync(1);

        Assert.AreEqual("main", await Said(page, "document.activeElement.id"));
    }

    [TestMethod]
    public async Task Form_on_its_way_stays_closed_to_a_second_press()
    {
        static string At(int step) =>
            $"""<p id="step">{step}</p><form method="post"><input type="hidden" name="token" value="{step}"><button>Cancel</button></form>""";
        await using var live = await LivePage.Start(At(1));
        await using var tab = await OpenTab(live);
        var page = tab.Page;
        await page.EvaluateAsync("$('form').addEventListener('submit', e => e.preventDefault()); $('form').requestSubmit()");

        live.Content = At(2);
        await Expect(page.Locator("#step")).ToHaveTextAsync("2");

        Assert.AreEqual("true", await Said(page, "$('button').getAttribute('aria-disabled')"));
        Assert.AreEqual("yes", await Said(page, "$('form').dataset.sent"));
    }

    private static async Task<Tab> OpenTab(LivePage live)
    {
        var tab = await Browser.OpenTab();
        await tab.Page.GotoAsync(live.Address + "/");
        await tab.Page.EvaluateAsync("() => { window.$ = s => document.querySelector(s); window.$$ = s => document.querySelectorAll(s); }");
        return tab;
    }

    private static Task<string> Said(IPage page, string script) => page.EvaluateAsync<string>($"String({script})");
}
