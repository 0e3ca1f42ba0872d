// Light or dark: follows the system until a person chooses; the choice stays in this browser.

import { around } from "../common/dom";

const KEY = "lumina-theme";

export function keepTheme(): void {
  document.addEventListener("click", (event) => {
    if (!around(event, ".head-theme")) return;
    const isDark = document.body.classList.toggle("dark");
    try {
      localStorage.setItem(KEY, isDark ? "dark" : "light");
    } catch {
      // no storage: the choice lasts until the page is left
    }
  });
  let chosen: string | null = null;
  try {
    chosen = localStorage.getItem(KEY);
  } catch {
    return;
  }
  if (chosen) apply(chosen === "dark");
}

function apply(isDark: boolean): void {
  if (document.querySelector(".task-tab")) document.body.classList.toggle("dark", isDark);
  else requestAnimationFrame(() => apply(isDark));
}

/** Buttons that show a picture only tell their name to whoever points at them. */
export function nameButtons(): void {
  document.addEventListener("mouseover", (event) => {
    const button = around(event, ".dice, .lock label, .head-theme");
    if (button && !button.title) button.title = button.textContent?.trim() ?? "";
  });
}
