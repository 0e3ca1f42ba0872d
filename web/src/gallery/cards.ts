// The cards of the gallery: a picture each, with what can be done with it.

import type { Card, Cards, Use } from "../messages.gen";
import { made } from "../common/dom";
import { readingTime } from "../common/reading_time";
import { thumbnail } from "../common/thumbnail";

export function cardOf(card: Card, isChosen: boolean): HTMLElement {
  const whole = made("article", "gallery-card");
  whole.setAttribute("aria-label", card.title);
  const when = new Date(card.made * 1000).toLocaleString();
  const open = action("open", "", card);
  open.className = "gallery-open";
  open.setAttribute("aria-label", `Open large: ${card.title}`);
  open.append(thumbnail(card.image, ""));
  whole.append(
    open,
    made("p", "gallery-title", card.title),
    made("p", "gallery-facts", `${card.size} · ${when}`),
    markOf(card, isChosen),
    ...actionsOf(card),
    recipeOf(card),
  );
  return whole;
}

function markOf(card: Card, isChosen: boolean): HTMLElement {
  const mark = made("label", "gallery-mark");
  mark.append(made("input", "", "", { type: "checkbox", value: card.id, checked: isChosen }), "Select");
  return mark;
}

/** What can be done with a picture, and the place in which the tabs are listed that take it. */
export function actionsOf(card: Card): HTMLElement[] {
  const row = made("div", "gallery-row");
  const use = action("use", "Use in…", card);
  use.setAttribute("aria-expanded", "false");
  row.append(
    starOf(card),
    action("restore", "Restore", card),
    use,
    action("obtain", "Download", card),
    action("share", "Share", card),
    action("remove", "Delete", card),
  );
  const uses = made("div", "gallery-row gallery-uses", "", { hidden: true });
  uses.setAttribute("role", "group");
  uses.setAttribute("aria-label", "Use in another tab");
  return [row, uses];
}

/** Says something over the row of a button, where nothing makes place for it, as long as it takes to read it. */
export function noteAt(button: HTMLElement, words: string): void {
  const row = button.parentElement;
  row?.querySelector(".gallery-note")?.remove();
  if (!words) return;
  const note = made("span", "gallery-note", words);
  note.setAttribute("role", "status");
  row?.append(note);
  setTimeout(() => note.remove(), readingTime(words));
}

function starOf(card: Card): HTMLElement {
  const star = action("star", "", card);
  star.classList.add("gallery-star");
  star.setAttribute("aria-label", "Star");
  showStar(star, card.starred);
  return star;
}

export function showStar(star: HTMLElement, is: boolean): void {
  star.textContent = is ? "★" : "☆";
  star.setAttribute("aria-pressed", String(is));
}

/** A button for each tab that takes a picture, and one for the canvas. */
export const usesOf = (uses: readonly Use[], card: Card): HTMLElement[] => [
  ...uses.map(({ task, title }) => useIn(task, title, card)),
  useIn("canvas", "Canvas", card),
];

function useIn(task: string, title: string, card: Card): HTMLElement {
  const button = action("bring", title, card);
  button.dataset.task = task;
  return button;
}

function action(name: string, text: string, card: Card): HTMLButtonElement {
  const button = made("button", "easel-button", text, { type: "button" });
  Object.assign(button.dataset, { do: name, id: card.id });
  return button;
}

function recipeOf(card: Card): HTMLElement {
  const recipe = made("details", "gallery-recipe");
  recipe.append(made("summary", "", "Recipe"), made("pre", "", card.recipe || "None", { tabIndex: 0 }));
  return recipe;
}

/** How many pictures there are, and why not more. */
export function summaryOf({ more, full, words }: Partial<Cards>, count: number, isStarred = false): string {
  if (!count && words) return isStarred ? "No picture with a star has these words." : "No picture with these words.";
  if (!count) return isStarred ? "No picture has a star yet." : "Nothing yet: every picture you finish comes here.";
  const older = more && full ? "; search by words to find older ones" : "";
  return `${count}${more ? "+" : ""} ${count === 1 ? "picture" : "pictures"}${older}`;
}
