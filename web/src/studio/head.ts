// The head of the page says so while the studio cannot be reached.

import { isAway } from "../common/reach";

const WORDS = "cannot be reached";

export function tellAbsence(): void {
  let before = { state: "", words: "" };
  const show = () => {
    const badge = document.querySelector<HTMLElement>(".model-badge");
    const text = badge?.querySelector("span");
    if (!badge || !text) return;
    if (isAway()) before = { state: badge.dataset.state ?? "", words: text.textContent ?? "" };
    badge.dataset.state = isAway() ? "away" : before.state;
    text.textContent = isAway() ? WORDS : before.words;
  };
  window.addEventListener("lumina-away", show);
  window.addEventListener("lumina-back", show);
}
