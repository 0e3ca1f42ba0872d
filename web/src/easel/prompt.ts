// The prompt of a picture, in which words that have others of their kind are chosen from a list.

import type { PromptPart } from "../messages.gen";
import { made } from "../common/dom";

export interface Prompt {
  /** The prompt of the picture that is looked at, and the `words` that it is made of, where they are known. */
  show(prompt: string, words: readonly PromptPart[]): void;
}

/** `choose` hears which part is to be another word. */
export function makePrompt(place: HTMLElement, choose: (at: number, word: string) => void): Prompt {
  let shown = "";
  let held = -1; // number of the list that had the focus, while it is not there

  function listOf({ text, others }: PromptPart, at: number): HTMLElement {
    const list = made("select", "easel-word");
    list.append(...[text, ...others].map((word) => made("option", "", word)));
    list.setAttribute("aria-label", `Instead of ${text}`);
    list.addEventListener("change", () => choose(at, list.value));
    return list;
  }

  return {
    show(prompt, words) {
      const name = `${words.length}|${prompt}`;
      if (name === shown) return; // a list that is open stays open
      shown = name;
      held = Math.max(held, [...place.children].findIndex((child) => child === document.activeElement));
      const parts = words.map((part, at) => (part.others.length ? listOf(part, at) : part.text));
      place.replaceChildren(...(words.length ? parts : [prompt]));
      const list = place.children[held];
      const isElsewhere = document.activeElement !== document.body;
      if (list instanceof HTMLElement && !isElsewhere) list.focus({ preventScroll: true });
      if (list || isElsewhere) held = -1;
    },
  };
}
