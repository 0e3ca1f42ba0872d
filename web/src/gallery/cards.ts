// The cards of the gallery: a picture each, with what can be done with it.

import type { Card, Cards } from "../messages.gen";
import { made } from "../common/dom";

export function cardOf(card: Card, isMarked: boolean): HTMLElement {
  const whole = made("article", "gallery-card");
  whole.setAttribute("aria-label", card.title);
  const when = new Date(card.made * 1000).toLocaleString();
  whole.append(
    made("img", "", "", { src: card.image, alt: card.title, loading: "lazy" }),
    made("p", "gallery-title", card.title),
    made("p", "gallery-facts", `${card.size} · ${when}`),
    markOf(card, isMarked),
    actionsOf(card),
    recipeOf(card),
  );
  return whole;
}

function markOf(card: Card, isMarked: boolean): HTMLElement {
  const mark = made("label", "gallery-mark");
  mark.append(made("input", "", "", { type: "checkbox", value: card.id, checked: isMarked }), "Compare");
  return mark;
}

function actionsOf(card: Card): HTMLElement {
  const row = made("div", "gallery-row");
  row.append(action("restore", "Restore", card), action("obtain", "Download", card), action("remove", "Delete", card));
  return row;
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
export function summaryOf({ more, full, words }: Partial<Cards>, count: number): string {
  if (!count) return words ? "No picture with these words." : "Nothing yet: every picture you finish comes here.";
  const older = more && full ? "; search by words to find older ones" : "";
  return `${count}${more ? "+" : ""} ${count === 1 ? "picture" : "pictures"}${older}`;
}
