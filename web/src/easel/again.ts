// The offer beside a picture that came out in another scene, though hardly a word has changed: to keep the seed before.

import { one } from "../common/dom";
import type { Easel } from "./easel";
import { isActive, type Again, type Sheet, type State } from "./state";

const wordsIn = (prompt: string): string[] => prompt.toLowerCase().split(/\s+/).filter(Boolean);

/** Whether more than half of the words are the same: some were exchanged, the others are meant to stay. */
export function isNearly(prompt: string, other: string): boolean {
  const [words, left] = [wordsIn(prompt), wordsIn(other)];
  const most = Math.max(words.length, left.length);
  const same = words.filter((word) => left.includes(word) && left.splice(left.indexOf(word), 1));
  return prompt !== other && same.length * 2 > most;
}

/** What is offered of one picture that was drawn while `former` was looked at. */
export function againOf(former: Sheet | null, [sheet, ...others]: readonly Sheet[]): Again | null {
  if (!former || !sheet || others.length || former.seed === sheet.seed) return null;
  const isAlike = former.task === sheet.task && former.width === sheet.width && former.height === sheet.height;
  return isAlike && isNearly(former.prompt, sheet.prompt) ? { key: sheet.key, seed: former.seed } : null;
}

export function showAgain(place: HTMLElement, state: State, sheet: Sheet | undefined): void {
  const { again } = state;
  place.hidden = isActive(state) || !again || again.key !== sheet?.key;
}

/** Writes the seed into the form, which keeps it from then on, and draws. */
export function listenToAgain({ face, state, tab }: Easel): void {
  one(face.find("again"), "button").addEventListener("click", () => {
    const field = one<HTMLInputElement>(tab, ".seed-number input");
    field.value = state.again?.seed ?? "";
    field.dispatchEvent(new Event("input", { bubbles: true }));
    setTimeout(() => one(tab, ".generate").click()); // once Gradio has heard of it
  });
}
