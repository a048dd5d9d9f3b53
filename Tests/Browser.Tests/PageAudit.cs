using System.Text.Json;
using Microsoft.Playwright;

namespace Recsys.Batch.Browser.Tests;

/// <summary>
/// What a page owes to people who use a keyboard, a screen reader or a small window, looked for in the page as the browser laid it out (after axe's rules).
/// </summary>
internal static class PageAudit
{
    private const string Script =
        """
        alone => {
          const faults = [];
          const shown = e => e.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true });
          const say = (what, e) => faults.push(what + (e ? ': ' + e.outerHTML.slice(0, 160) : ''));
          if (!document.title) say('no title');
          if (!document.documentElement.lang) say('no language');
          if (!document.querySelector('main')) say('no main');
          const parts = [
            ['header', 'banner'], ['nav[aria-label]', 'named navigation'], ['footer', 'footer'], ['a.skip[href="#main"]', 'skip link'],
            ['[aria-live]', 'live region']];
          if (!alone) for (const [selector, what] of parts) if (document.querySelectorAll(selector).length < 1) say('no ' + what);
          if (document.querySelectorAll('main').length > 1) say('two mains');
          const headings = [...document.querySelectorAll('h1,h2,h3,h4')].filter(shown);
          if (headings.filter(h => h.tagName === 'H1').length !== 1) say('not exactly one h1');
          let level = 0;
          for (const h of headings) {
            const l = Number(h.tagName[1]);
            if (l > level + 1) say('heading skips a level', h);
            level = l;
            if (!h.textContent.trim()) say('empty heading', h);
          }
          const ids = new Set();
          for (const e of document.querySelectorAll('[id]')) { if (ids.has(e.id)) say('id twice', e); ids.add(e.id); }
          for (const e of document.querySelectorAll('[aria-labelledby],[aria-describedby]'))
            for (const id of (e.getAttribute('aria-labelledby') ?? e.getAttribute('aria-describedby')).split(' '))
              if (!document.getElementById(id)) say('refers to nothing', e);
          for (const e of document.querySelectorAll('input:not([type=hidden]),select,textarea'))
            if (!e.labels?.length && !e.getAttribute('aria-label')) say('no label', e);
          for (const e of document.querySelectorAll('a[href],button,summary')) if (!(e.getAttribute('aria-label') ?? e.textContent).trim()) say('no name', e);
          for (const e of document.querySelectorAll('section'))
            if (!e.getAttribute('aria-labelledby') && !e.getAttribute('aria-label')) say('section without a name', e);
          for (const t of document.querySelectorAll('table')) {
            if (!t.querySelector('th[scope=col]')) say('table without column headers', t);
            for (const th of t.querySelectorAll('th')) if (!th.scope) say('header without scope', th);
          }
          for (const e of document.querySelectorAll('svg')) {
            const named = e.getAttribute('role') === 'img' || e.querySelector('a') || e.closest('a');
            if (!named && !e.closest('[aria-hidden=true]') && !e.closest('svg svg')) say('picture neither named nor hidden', e);
          }
          for (const e of document.querySelectorAll('img:not([alt])')) say('image without text', e);
          for (const e of document.querySelectorAll('[tabindex]')) if (e.tabIndex > 0) say('tab order of its own', e);
          if (document.documentElement.scrollWidth > document.documentElement.clientWidth) {
            const wide = [...document.querySelectorAll('body *')]
              .find(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1 && !e.closest('svg'));
            say('scrolls sideways', wide);
          }
          const channels = text => {
            const n = text.match(/-?[\d.]+(e-?\d+)?/g).map(Number);
            return text.startsWith('color(') ? [n[0] * 255, n[1] * 255, n[2] * 255, n[3] ?? 1] : [n[0], n[1], n[2], n[3] ?? 1];
          };
          const over = (top, below) => [0, 1, 2].map(i => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
          const ground = e => {
            let color = [0, 0, 0, 0];
            for (let p = e; p; p = p.parentElement) {
              const b = channels(getComputedStyle(p).backgroundColor);
              color = color[3] < 1 ? (color[3] === 0 ? b : over(color, b)) : color;
              if (color[3] >= 1) return color;
            }
            return over(color, [255, 255, 255, 1]);
          };
          const linear = v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
          const light = c => {
            const [r, g, b] = c.slice(0, 3).map(v => linear(v / 255));
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
          };
          const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          while (texts.nextNode()) {
            const e = texts.currentNode.parentElement;
            if (!texts.currentNode.data.trim() || !shown(e) || e.closest('.visually-hidden,script,title,option')) continue;
            const style = getComputedStyle(e);
            const behind = ground(e.closest('svg') ?? e);
            const front = over(channels(e.closest('svg') ? style.fill : style.color), behind);
            const [a, b] = [light(front), light(behind)].sort((x, y) => y - x);
            const size = parseFloat(style.fontSize), large = size >= 24 || size >= 18.66 && Number(style.fontWeight) >= 700;
            const ratio = (a + 0.05) / (b + 0.05);
            if (ratio < (large ? 3 : 4.5)) say(`contrast ${ratio.toFixed(2)} of "${texts.currentNode.data.trim().slice(0, 40)}"`, e);
          }
          if (window.pwned) say('code of the data ran');
          return faults;
        }
        """;

    private const string Controls =
        """
        [...document.querySelectorAll('a[href],button,input:not([type=hidden]),select,textarea,summary,[tabindex="0"]')]
          .filter(e => e.checkVisibility({ visibilityProperty: true }) && !e.disabled)
        """;

    /// <param name="alone">The page stands by itself, without the console's navigation: a door, or an answer that something went wrong.</param>
    public static async Task<IReadOnlyList<string>> Of(IPage page, bool alone = false) => await page.EvaluateAsync<string[]>(Script, alone);

    /// <summary>
    /// Presses Tab from the top of the page until it is through; says which controls were not reached in the page's order, and which do not show that they are.
    /// </summary>
    public static async Task<IReadOnlyList<string>> OfKeyboard(IPage page)
    {
        int count = await page.EvaluateAsync<int>($"(window.__all = {Controls}, window.__all.length)");
        await page.EvaluateAsync("() => { document.activeElement?.blur(); window.getSelection().removeAllRanges(); scrollTo(0, 0); }");
        var faults = new List<string>();
        for (int i = 0; i < count && faults.Count <= 4; i++)
        {
            await page.Keyboard.PressAsync("Tab");
            var at = await page.EvaluateAsync<JsonElement>(
                """
                () => {
                  const e = document.activeElement, s = getComputedStyle(e);
                  const visible = e.closest('svg') || s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2;
                  return [window.__all.indexOf(e), visible ? '' : 'no visible focus', e.outerHTML.slice(0, 120)];
                }
                """);
            if (at[0].GetInt32() != i) faults.Add($"Tab {i + 1} of {count} reached control {at[0]}: {at[2]}");
            if (at[1].GetString() is { Length: > 0 } fault) faults.Add($"{fault}: {at[2]}");
        }
        return faults;
    }
}
