// The picture beside the sheet follows each stroke on it: a stroke ends the drawing of the one before.

import { around, made, penOf } from "../common/dom";
import type { Easel } from "./easel";
import { paintPicture } from "./paint";
import type { Running } from "./running";
import { imagesIn } from "./uses";
import type { Given, Sheet } from "./state";

const PAUSE = 200; // milliseconds without a stroke
const WRITING = 1000; // milliseconds without a letter
const NO_WORDS = "Write in the prompt what to draw; then the picture follows each stroke.";

export function followSheet(easel: Easel, running: Running): void {
  const { state, tab } = easel;
  let isUnsure = false; // whether what waits to be drawn may not be what is on the sheet by now
  let isWordless = false; // whether words have been asked for since the last stroke
  let timer: ReturnType<typeof setTimeout> | undefined;
  const box = () => tab.querySelector<HTMLInputElement>(".follow input");
  const wait = (act: () => void, pause = PAUSE) => {
    clearTimeout(timer);
    timer = setTimeout(act, pause);
  };

  function say(words: string): void {
    const line = tab.querySelector(".follow-said");
    if (line && line.textContent !== words) line.textContent = words;
  }

  function follow(): void {
    if (!box()?.checked) return;
    const words = tab.querySelector<HTMLTextAreaElement>(".task-say textarea:not(.unseen *)");
    const isMissing = Boolean(words && !words.value.trim());
    isWordless ||= isMissing;
    say(isMissing ? NO_WORDS : "");
    if (isMissing) return;
    isUnsure = false;
    running.follow(state.series || `${Date.now()}-${Math.random()}`);
  }

  /** Follows what is on the sheet unless that is what is drawn, or was drawn last. */
  function followOther(): void {
    const isWaiting = state.series && state.run.state === "waiting";
    if (isWaiting) isUnsure = true;
    else if (picturesOf(imagesIn(tab)) !== picturesOf(state.given)) follow();
  }

  function switched(): void {
    if (box()?.checked) return;
    state.series = "";
    easel.show();
  }

  function pause(why: string): void {
    state.series = "";
    say(`Following is paused. ${why} Switch it on again to go on.`);
    box()?.click();
  }

  window.addEventListener("lumina-drawn", (event) => {
    if ((event as CustomEvent<{ of: string }>).detail.of !== easel.task) return;
    switched();
    wait(followOther);
  });
  tab.addEventListener("pointerdown", (event) => {
    if (!around(event, ".sketchpad canvas:not(.follow-picture)")) return;
    clearTimeout(timer); // while somebody draws
    isWordless = false;
    for (const name of ["pointerup", "pointercancel"]) window.addEventListener(name, () => wait(follow), { once: true });
  }, true);
  tab.addEventListener("input", (event) => {
    if (isWordless && around(event, ".task-say textarea")) wait(follow, WRITING);
  });
  tab.addEventListener("click", (event) => {
    if (around(event, ".sketchpad-acts button")) state.series = ""; // what is drawn now is another drawing
  });
  easel.showFollower = (sheet) => {
    const canvas = tab.querySelector<HTMLCanvasElement>("canvas.follow-picture");
    if (canvas) paintFollower(canvas, sheet, easel);
    if (state.series && state.run.state === "failed") pause(state.run.message ?? "");
    if (isUnsure && state.run.state === "drawing" && state.run.sheets.length) {
      isUnsure = false;
      wait(followOther);
    }
  };
}

const picturesOf = (given: Given | null): string => Object.values(given ?? {}).join();

function paintFollower(canvas: HTMLCanvasElement, sheet: Sheet | undefined, { state }: Easel): void {
  const isShown = Boolean(state.series && sheet?.series === state.series);
  canvas.hidden = !isShown;
  if (!isShown || !sheet) return;
  canvas.style.aspectRatio = `${sheet.width} / ${sheet.height}`;
  void paintPicture(canvas, sheet, state.under);
}

/** What is to be seen below the rows of the next picture of a series: the one before. */
export function underOf({ current, face }: Easel, series: string): HTMLCanvasElement | null {
  const shown = face.find("cells").querySelector<HTMLCanvasElement>(".easel-paint");
  if (!shown || current?.series !== series) return null;
  const copy = made("canvas", "", "", { width: shown.width, height: shown.height });
  penOf(copy).drawImage(shown, 0, 0);
  return copy;
}

/** Those that a picture of the same series takes the place of, as in the gallery: they were asked for alike, for other strokes. */
export function formersOf(sheet: Sheet, sheets: readonly Sheet[]): Sheet[] {
  const asked = ({ inputs }: Sheet) => inputs.replace(/\{"image":[^}]*\}/g, "");
  const isFormer = (other: Sheet) => other.series === sheet.series && other.key !== sheet.key && asked(other) === asked(sheet);
  return sheet.series ? sheets.filter(isFormer) : [];
}
