// The colour switch: the choice is a cookie, so that the server writes it into the next page and nothing flashes.
const year = 365 * 24 * 3600;

export function startTheme() {
  for (const group of document.querySelectorAll("[data-theme-switch]")) {
    group.hidden = false;
    const buttons = [...group.querySelectorAll("button")];
    const show = () => {
      const chosen = document.documentElement.dataset.theme ?? "";
      for (const b of buttons) b.setAttribute("aria-pressed", String(b.value === chosen));
    };
    for (const button of buttons)
      button.addEventListener("click", () => {
        if (button.value) document.documentElement.dataset.theme = button.value;
        else delete document.documentElement.dataset.theme;
        document.cookie = `theme=${button.value}; path=/; max-age=${button.value ? year : 0}; samesite=lax`;
        show();
      });
    show();
  }
}
