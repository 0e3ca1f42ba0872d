// A refusal that begins with the title of a field is told at that field, too, which is shown and gets the focus.

import { made } from "../common/dom";

const TRIES = 20; // looks for a field in a fold that is still unfolding
const PAUSE = 50; // milliseconds between them

let count = 0; // of faults that were told, for their ids

/** Marks the field that a sentence names, if it names one. */
export function pointOut(tab: HTMLElement, sentence: string): void {
  unmark(tab);
  const [, title = "", rest = ""] = /^([^:]{1,60}): (.+)$/s.exec(sentence) ?? [];
  if (title) look(tab, title, rest, TRIES);
}

function look(tab: HTMLElement, title: string, rest: string, tries: number): void {
  const field = fieldOf(tab, title);
  if (field?.offsetParent) return mark(tab, field, rest);
  if (tries === TRIES) unfold(tab);
  if (tries) setTimeout(look, PAUSE, tab, title, rest, tries - 1);
}

function unfold(tab: HTMLElement): void {
  const fold = tab.querySelector<HTMLElement>(".task-set .advanced");
  const content = fold?.querySelector<HTMLElement>('[data-testid="accordion-content"]');
  if (content && !content.offsetParent) fold?.querySelector<HTMLElement>(".label-wrap")?.click();
}

function fieldOf(tab: HTMLElement, title: string): HTMLElement | null {
  const labels = tab.querySelectorAll('[data-testid="block-info"], .image-field-title, .block label > span');
  const label = [...labels].find((each) => each.textContent?.trim() === title);
  return label?.closest<HTMLElement>(".image-field, .block") ?? null;
}

function mark(tab: HTMLElement, field: HTMLElement, rest: string): void {
  const control = field.querySelector<HTMLElement>("textarea, input, select");
  if (!control) return;
  const id = `fault-${++count}`;
  field.append(made("p", "field-fault", rest.charAt(0).toUpperCase() + rest.slice(1), { id }));
  control.setAttribute("aria-invalid", "true");
  control.setAttribute("aria-describedby", id);
  control.focus({ preventScroll: true });
  field.scrollIntoView({ behavior: "smooth", block: "nearest" });
  for (const name of ["input", "change"]) field.addEventListener(name, () => unmark(tab), { once: true });
}

export function unmark(tab: HTMLElement): void {
  for (const fault of tab.querySelectorAll(".field-fault")) fault.remove();
  for (const control of tab.querySelectorAll('[aria-invalid="true"]')) {
    control.removeAttribute("aria-invalid");
    control.removeAttribute("aria-describedby");
  }
}
