// Pictures go from one tab to another here, in the browser: into the fields of the other tab's form.

import type { Look, Use } from "../messages.gen";
import { bytesOf } from "../common/bytes";
import { made } from "../common/dom";
import { pngBlob } from "../common/download";
import { bringTo, openWorkflow, takeReturned } from "../common/between_tabs";
import { halfOf } from "../common/halves";
import { pictureIn, imageFieldsOf } from "../image_field/image_field";
import { drawnPart, type Given, type Sheet } from "./state";

/** The pictures in a tab's form, by field. */
export function imagesIn(tab: HTMLElement): Given {
  const pairs = imageFieldsOf(tab).map((field) => [field.dataset.field ?? "", pictureIn(field)] as const);
  return Object.fromEntries(pairs.filter(([, picture]) => picture));
}

/** Whether a picture can be drawn again only once the one that it began with is in the form. */
export function needsPicture(sheet: Sheet | undefined, tab: HTMLElement): boolean {
  if (!sheet || Object.keys(sheet.given ?? {}).length) return false;
  return imageFieldsOf(tab).some((field) => ["", sheet.png].includes(pictureIn(field)));
}

export interface Teller {
  look(sheet: Sheet | undefined): void;
  answered(ticket: string): void;
}

/** Whoever listens compares the picture that is looked at, once it is whole, with what it was made from. */
export function makeTeller(tab: HTMLElement, say: (picture: object) => void): Teller {
  let told = "";
  let picture = {};
  let ticket = 0;
  let isAnswered = false;
  function ask(): void {
    ticket += 1;
    isAnswered = false;
    say({ ...picture, ticket: String(ticket) });
  }
  return {
    // What is found of an earlier picture may come after what is found of this one, which is then asked for again.
    answered(which) {
      if (which === String(ticket)) isAnswered = true;
      else if (isAnswered) ask();
    },
    look(sheet) {
      const whole = sheet && drawnPart(sheet) === 1 ? sheet : null;
      const name = whole ? whole.key + whole.digest : "";
      if (name === told) return;
      told = name;
      picture = whole ? lookedAt(whole, tab) : {};
      ask();
    },
  };
}

const lookedAt = ({ task, inputs, model, png, given }: Sheet, tab: HTMLElement): Look =>
  ({ task, inputs, model, png, given: given ?? imagesIn(tab) });

export function fillUses(
  place: HTMLElement,
  uses: readonly Use[],
  current: () => Sheet | undefined,
  open: (task: string) => void,
): void {
  place.append(...uses.map(({ task, title, part }) => {
    const button = made("button", "easel-button", title, { type: "button" });
    button.addEventListener("click", async () => {
      const sheet = current();
      if (!sheet) return;
      const png = sheet.panels === 2 ? await halfOf(sheet.png, part) : sheet.png;
      open(task);
      bringTo(task, png, sheet.kind);
    });
    return button;
  }));
}

/** A picture from the gallery brings its settings back as if it were dropped here. */
export function listenForReturned(task: string, open: (file: Blob) => void): void {
  const take = () => {
    const png = takeReturned(task);
    if (png) open(pngBlob(bytesOf(png)));
  };
  window.addEventListener("lumina-returned", take);
  take();
}

/** The inputs stay text, because seeds go beyond JavaScript's whole numbers; their pictures go along. */
export function openAsWorkflow({ task, inputs, given }: Sheet): void {
  const text = `{"lumina":1,"nodes":{"${task}":{"task":"${task}","inputs":${inputs}}}}`;
  openWorkflow({ text, pictures: Object.values(given ?? {}) });
}
