// The turns of a tab whose result is what the next instruction changes: a film of small pictures, the one that
// was brought first. Nothing is kept here.

import { made, one, refocused } from "../common/dom";
import { bringTo } from "../common/between_tabs";
import { urlOf } from "./face";
import { BROUGHT, filmsOf, isBranch, markOf, nameOf, type Frame } from "./films";
import { drawnPart, type Given, type Sheet } from "./state";
import { imagesIn } from "./uses";

export interface Place {
  root: HTMLElement;
  tab: HTMLElement;
  task: string;
  field: string; // for a picture
  pick: (key: string) => void;
}

export type Turns = ReturnType<typeof openTurns>;

export function openTurns({ root, tab, task, field, pick }: Place) {
  const buttons = new Map<string, HTMLButtonElement>(); // by key, kept so that the one with the focus keeps it
  const strip = one(root, ".easel-strip");
  const shelf = one(root, ".easel-shelf");
  const foot = made("div", "turns-foot");
  const next = made("p", "turns-next");
  let known = filmsOf([], field);
  strip.classList.add("turns");
  strip.setAttribute("aria-label", "Turns");
  foot.append(next, one(root, ".easel-forget"));
  one(root, ".easel-line").after(shelf, foot);

  const frameOf = (key: string | null) => known.films.flat().find((frame) => frame.key === key);
  const picture = () => imagesIn(tab)[field] ?? "";

  function buttonOf({ key }: Frame): HTMLButtonElement {
    const there = buttons.get(key);
    if (there) return there;
    const button = made("button", "turn", "", { type: "button" });
    button.innerHTML = '<img alt="" /><i></i><b></b> <span></span>';
    button.addEventListener("click", () => pick(key));
    buttons.set(key, button);
    return button;
  }

  function fill(frame: Frame, current: string | null): HTMLElement {
    const { sheet, parent } = frame;
    const button = buttonOf(frame);
    const image = one<HTMLImageElement>(button, "img");
    const source = urlOf(sheet.png);
    if (image.src !== source) image.src = source;
    const part = drawnPart(sheet);
    image.style.clipPath = part < 1 ? `inset(0 0 ${100 * (1 - part)}% 0)` : "";
    const isFork = isBranch(frame) && parent;
    one(button, "b").textContent = isFork ? `${markOf(frame)} ← ${markOf(parent)}` : markOf(frame);
    one(button, "i").textContent = frame.isBrought ? `${BROUGHT}: ` : "Turn ";
    one(button, "span").textContent = frame.isBrought ? "" : sheet.prompt;
    const origin = parent ? ` from ${nameOf(parent)}` : "";
    button.title = frame.isBrought ? BROUGHT : `Turn ${frame.number}${origin}: ${sheet.prompt} · seed ${sheet.seed}`;
    button.setAttribute("aria-pressed", String(frame.key === current));
    button.setAttribute("aria-current", String(frame === known.frames.get(picture())));
    button.toggleAttribute("data-branch", isBranch(frame));
    return button;
  }

  function lay(films: HTMLElement[][]): void {
    const laid = [...strip.children].map((film) => [...film.children]);
    const isSame = (film: HTMLElement[], at: number) =>
      film.length === laid[at]?.length && film.every((each, place) => each === laid[at]?.[place]);
    if (films.length === laid.length && films.every(isSame)) return;
    refocused(strip, () => strip.replaceChildren(...films.map((film) => {
      const group = made("div", "turns-film");
      group.append(...film);
      return group;
    })));
    const pressed = strip.querySelector<HTMLElement>('[aria-pressed="true"]');
    if (pressed) strip.scrollLeft = pressed.offsetLeft - strip.clientWidth / 2;
  }

  function show(sheets: readonly Sheet[], current: string | null): void {
    known = filmsOf(sheets, field);
    for (const key of buttons.keys()) if (!frameOf(key)) buttons.delete(key);
    shelf.hidden = foot.hidden = known.films.length === 0;
    lay(known.films.map((film) => film.map((frame) => fill(frame, current))));
    const frame = known.frames.get(picture());
    const changed = frame ? nameOf(frame) : "the picture in the form";
    next.textContent = known.films.length && picture() ? `The next instruction changes ${changed}.` : "";
  }

  /** A finished turn, or the picture it began with, becomes the one in the form. */
  function give(key: string | null): void {
    const png = frameOf(key)?.sheet.png;
    if (png !== undefined && known.frames.has(png) && picture() !== png) bringTo(task, png);
  }

  /** A new turn is changed next, unless another picture was put in while it was drawn. */
  function goOn(key: string | null, held: Given | null): void {
    if (!picture() || picture() === held?.[field]) give(key);
  }
  return { show, give, goOn, sheetOf: (key: string | null) => frameOf(key)?.sheet };
}
