// The gallery's cards, and what a person does with them.

import type { Card, Cards, Handed } from "../messages.gen";
import { bytesOf } from "../shared/bytes";
import { around, made, one } from "../shared/dom";
import { pngBlob, saveAs } from "../shared/download";
import { openWorkflow, returnTo } from "../shared/handing";
import { plain, type Host } from "../shared/host";
import { visitor } from "../shared/visitor";

export interface GalleryProps {
  promise: string;
  shown: Partial<Cards>;
  handed: Partial<Handed>;
  compared: string;
}

const PAGE = 48;
const PAUSE = 250; // milliseconds without a key before the words are looked up

const ticket = () => `${Date.now()}-${Math.random()}`;

/** Puts the gallery into its element, once; it triggers 'look' 'remove' 'obtain' 'restore' 'compare'. */
export function mountGallery({ element, props, trigger, watch }: Host<GalleryProps>): void {
  const root = one(element, ".gallery");
  const find = <E extends HTMLElement = HTMLElement>(name: string) => one<E>(root, `.gallery-${name}`);
  const search = find<HTMLInputElement>("search");
  let count = PAGE;
  let marked: string[] = []; // ids of the cards to compare
  let waiting: ReturnType<typeof setTimeout> | undefined;
  let asked = ""; // the ticket of the cards that are wanted; answers to earlier questions may come later
  let pair = ""; // the ticket of the comparison that is wanted
  let isPairShown = false;

  const about = (more: object = {}) =>
    ({ visitor: visitor(), words: search.value, count, ticket: ticket(), ...more });
  const look = () => {
    if (root.offsetParent) ask("look");
  };
  const say = (words: string) => {
    find("status").textContent = words;
  };

  function ask(event: "look" | "remove", more: object = {}): void {
    const question = about(more);
    asked = question.ticket;
    trigger(event, question);
  }

  function show(): void {
    const shown = plain(props.shown ?? {});
    const { cards } = shown;
    if (!cards || shown.ticket !== asked) return;
    const there = cards.map((card) => card.id);
    const still = marked.filter((id) => there.includes(id));
    if (still.length < marked.length) {
      marked = still;
      compare();
    }
    find("cards").replaceChildren(...cards.map((card) => cardOf(card, marked.includes(card.id))));
    find("more").hidden = !shown.more || Boolean(shown.full);
    say(shown.message || summaryOf(shown, cards.length));
  }

  function compare(): void {
    pair = ticket();
    isPairShown = false;
    trigger("compare", { visitor: visitor(), ids: marked, ticket: pair });
    if (marked.length === 2) root.closest(".tabitem")?.scrollIntoView({ behavior: "smooth", block: "start" });
  }

  // The slider shows whatever came last: if that was an earlier pair, the one that is wanted is asked for again.
  function compared(): void {
    if (props.compared === pair) isPairShown = true;
    else if (isPairShown) compare();
  }

  function receive(): void {
    const { message, file, png = "", text, task } = plain(props.handed ?? {});
    if (message) say(message);
    else if (file) saveAs(pngBlob(bytesOf(png)), file);
    else if (text) openWorkflow({ text, pictures: [] });
    else if (task) returnTo(task, png);
  }

  root.addEventListener("click", (event) => {
    const button = around(event, "[data-do]");
    if (!button) return;
    const { do: act, id } = button.dataset;
    if (act === "remove" && !button.dataset.sure) {
      button.dataset.sure = "yes"; // what is deleted is gone: asked once more
      button.textContent = "Delete for good";
      return;
    }
    if (act === "remove") ask("remove", { id });
    if (act === "restore") trigger("restore", about({ id }));
    if (act === "obtain") trigger("obtain", about({ id }));
  });
  find("cards").addEventListener("change", ({ target }) => {
    if (!(target instanceof HTMLInputElement) || target.type !== "checkbox") return;
    marked = marked.filter((id) => id !== target.value);
    if (target.checked) marked = [...marked, target.value].slice(-2); // a third takes the place of the first
    for (const box of find("cards").querySelectorAll("input")) box.checked = marked.includes(box.value);
    compare();
  });
  search.addEventListener("input", () => {
    clearTimeout(waiting);
    count = PAGE;
    waiting = setTimeout(look, PAUSE);
  });
  find("more").addEventListener("click", () => {
    count += PAGE;
    look();
  });
  find("promise").textContent = props.promise;
  watch("shown", show);
  watch("handed", receive);
  watch("compared", compared);
  for (const name of ["lumina-ended", "lumina-canvas-ended"]) window.addEventListener(name, look);
  let isSeen = false;
  new ResizeObserver(() => {
    // Whoever opens the tab sees the newest.
    const was = isSeen;
    isSeen = Boolean(root.offsetParent);
    if (isSeen && !was) look();
  }).observe(root);
}

/** How many pictures there are, and why not more. */
export function summaryOf({ more, full, words }: Partial<Cards>, count: number): string {
  if (!count) return words ? "No picture with these words." : "Nothing yet: every picture you finish comes here.";
  const older = more && full ? "; search by words to find older ones" : "";
  return `${count}${more ? "+" : ""} ${count === 1 ? "picture" : "pictures"}${older}`;
}

function cardOf(card: Card, isMarked: boolean): HTMLElement {
  const whole = made("article", "gallery-card");
  whole.setAttribute("aria-label", card.title);
  const when = new Date(card.made * 1000).toLocaleString();
  const mark = made("label", "gallery-mark");
  mark.append(made("input", "", "", { type: "checkbox", value: card.id, checked: isMarked }), "Compare");
  const recipe = made("details", "gallery-recipe");
  recipe.append(made("summary", "", "Recipe"), made("pre", "", card.recipe || "None", { tabIndex: 0 }));
  const row = made("div", "gallery-row");
  row.append(action("restore", "Restore", card), action("obtain", "Download", card), action("remove", "Delete", card));
  whole.append(
    made("img", "", "", { src: card.image, alt: card.title, loading: "lazy" }),
    made("p", "gallery-title", card.title),
    made("p", "gallery-facts", `${card.size} · ${when}`),
    mark,
    row,
    recipe,
  );
  return whole;
}

function action(name: string, text: string, card: Card): HTMLButtonElement {
  const button = made("button", "easel-button", text, { type: "button" });
  Object.assign(button.dataset, { do: name, id: card.id });
  return button;
}
