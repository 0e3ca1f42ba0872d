// What a person does around the easel, in the same tab: the form's buttons, keys, a seed that is written.

import { around, one } from "../common/dom";
import { readingIn } from "../image_field/image_field";
import type { Easel } from "./easel";
import type { Running } from "./running";

export function listenAround(easel: Easel, running: Running): void {
  const { tab } = easel;
  tab.addEventListener("click", (event) => heedButton(event, tab, running), true); // before Gradio hears it
  tab.addEventListener("keydown", (event) => heedKey(event, easel, running));
  tab.addEventListener("input", (event) => keepSeed(event, tab));
  tab.addEventListener("wheel", leaveToPage, { capture: true, passive: true });
  tab.addEventListener("lumina-image-field", () => easel.show());
  let paintedWidth = 0;
  new ResizeObserver(([entry]) => {
    const width = entry?.contentRect.width ?? 0;
    if (width !== paintedWidth) easel.show();
    paintedWidth = width;
  }).observe(easel.face.find("stage"));
}

/** Over the sheet, too, a wheel scrolls the page; Gradio's editor would take it to zoom, as it does with Ctrl. */
function leaveToPage(event: WheelEvent): void {
  if (around(event, ".sketchpad") && !event.ctrlKey) event.stopPropagation();
}

function heedButton(event: MouseEvent, tab: HTMLElement, running: Running): void {
  if (around(event, ".stop")) running.halt();
  if (around(event, ".kept-seed button")) one(tab, ".lock input").click();
  const button = around(event, ".generate, .example");
  if (!button) return;
  const reading = button.matches(".generate") ? readingIn(tab) : null;
  if (reading) {
    event.stopPropagation(); // nothing is drawn from the picture that another is to replace
    void reading.then((isUsable) => isUsable && setTimeout(() => button.click())); // once Gradio has heard of it
    return;
  }
  const isFilledNow = button.matches(".example") || button.closest(".task-say")?.querySelector(".sketchpad");
  if (isFilledNow) running.begin(null, null); // its image field changes only now
  else running.begin();
  if (!running.mayBegin(() => button.click())) event.stopPropagation();
}

function heedKey(event: KeyboardEvent, easel: Easel, running: Running): void {
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && !easel.isActive) {
    event.preventDefault();
    one(easel.tab, ".generate").click();
  }
  if (event.key === "Escape") running.halt();
}

/** Whoever writes a seed means to keep it. (Gradio's own input event misses what is pasted.) */
function keepSeed(event: Event, tab: HTMLElement): void {
  if (!around(event, ".seed-number") || !(event.target instanceof HTMLInputElement)) return;
  const lock = tab.querySelector<HTMLInputElement>(".lock input");
  if (lock && lock.checked !== (event.target.value.trim() !== "")) lock.click();
}
