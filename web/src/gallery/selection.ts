// Several pictures at once: which are selected, and what can be done with them.

import { one } from "../common/dom";

export class Selection {
  ids: readonly string[] = [];

  constructor(
    private readonly bar: HTMLElement,
    private readonly cards: HTMLElement,
  ) {
    cards.addEventListener("change", ({ target }) => {
      if (!(target instanceof HTMLInputElement) || target.type !== "checkbox") return;
      const others = this.ids.filter((id) => id !== target.value);
      this.put(target.checked ? [...others, target.value] : others);
    });
  }

  put(ids: readonly string[]): void {
    if (ids.length === this.ids.length && ids.every((id) => this.ids.includes(id))) return;
    this.ids = ids;
    for (const box of this.cards.querySelectorAll<HTMLInputElement>("input[type=checkbox]")) box.checked = ids.includes(box.value);
    this.bar.hidden = !ids.length;
    one(this.bar, "span").textContent = `${ids.length} selected`;
    one(this.bar, '[data-do="compare"]').hidden = ids.length !== 2;
  }
}
