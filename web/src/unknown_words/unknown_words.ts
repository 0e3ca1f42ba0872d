// What is understood of a prompt, and words that the model does not know, to click on. It triggers 'swap',
// 'adopt', 'move'.

import type { Elsewhere, Unknown } from "../messages.gen";
import { made, one } from "../common/dom";
import { plain, type Host } from "../common/host";

export interface UnknownWordsProps {
  words: Unknown[];
  reading: string;
  elsewhere: Elsewhere | null;
  model: string;
}

export function mountUnknownWords({ element, props, trigger, watch }: Host<UnknownWordsProps>): void {
  const line = one(element, ".unknown-words-line");

  function button(word: string, known: string): HTMLElement {
    const node = made("button", "", known, { type: "button" });
    node.setAttribute("aria-label", `Write ${known} instead of ${word}`);
    node.addEventListener("click", () => trigger("swap", { word, known }));
    return node;
  }

  function show(): void {
    const words = plain(props.words ?? []);
    const parts: (string | HTMLElement)[] = words.filter(({ note }) => !note).map(({ word, known }) => {
      const group = made("span");
      group.append(made("b", "", word));
      if (known.length) group.append(" → ", ...known.flatMap((other) => [button(word, other), " "]));
      return group;
    });
    if (parts.length) parts.unshift(`${props.model} has never seen `);
    line.replaceChildren(...understood(), ...parts, ...noted(words), ...elsewhere());
  }

  /** Another model that knows more of the words, which a click draws them with. */
  function elsewhere(): HTMLElement[] {
    const other = plain(props.elsewhere ?? null);
    if (!other) return [];
    const node = made("button", "unknown-words-elsewhere", `Draw it with ${other.title}`, { type: "button" });
    node.addEventListener("click", () => {
      node.disabled = true;
      node.textContent = `Opening ${other.title}…`;
      trigger("move", { model: other.model });
    });
    return [node];
  }

  /** The sentence that will be drawn, which a click writes into the field. */
  function understood(): HTMLElement[] {
    const sentence = String(props.reading ?? "");
    if (!sentence) return [];
    const group = made("span", "unknown-words-reading");
    const node = made("button", "", sentence, { type: "button", title: "Write this into the field" });
    node.addEventListener("click", () => trigger("adopt", {}));
    group.append(made("b", "", "Drawn as"), " ", node);
    return [group];
  }

  /** What has the same note stands before it. */
  function noted(words: Unknown[]): HTMLElement[] {
    const notes = new Set(words.flatMap(({ note }) => note ?? []).filter(Boolean));
    return [...notes].map((note) => {
      const group = made("span", "unknown-words-note");
      const parts = words.filter((word) => word.note === note).map(({ word }) => made("b", "", word));
      group.append(...parts.flatMap((part, i) => (i ? [", ", part] : [part])), ` (${note}).`);
      group.prepend("Not drawn: ");
      return group;
    });
  }

  watch("words", show);
  watch("reading", show);
  watch("elsewhere", show);
  show();
}
