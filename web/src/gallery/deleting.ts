// Deleting with an undo: what is deleted is only hidden, until the undo is gone or the page is left.

import { one } from "../common/dom";
import { wish } from "./wishes";

const PATIENCE = 15_000; // milliseconds without the pointer or the focus on it

export interface Deleting {
  /** Whether a picture is still there for whoever looks. */
  isHere(id: string): boolean;
  begin(ids: readonly string[]): void;
}

/** `changed` hears that other pictures are to be shown; with `ids` some have come back. */
export function makeDeleting(bar: HTMLElement, changed: (ids: readonly string[]) => void, say: (words: string) => void): Deleting {
  const undo = one<HTMLButtonElement>(bar, "button");
  let hidden: readonly string[] = []; // whose undo is offered
  const gone = new Set<string>(); // that the server has still to delete, or has deleted
  let timer: ReturnType<typeof setTimeout> | undefined;

  function wait(): void {
    clearTimeout(timer);
    const isHeld = bar.matches(":hover") || bar.contains(document.activeElement);
    if (hidden.length && !isHeld) timer = setTimeout(finish, PATIENCE);
  }

  function finish(): void {
    clearTimeout(timer);
    bar.hidden = true;
    const ids = hidden;
    hidden = [];
    if (!ids.length) return;
    ids.forEach((id) => gone.add(id));
    wish("delete", ids).catch(({ message }: Error) => {
      ids.forEach((id) => gone.delete(id));
      changed([]);
      say(message);
    });
  }

  undo.addEventListener("click", () => {
    const ids = hidden;
    hidden = [];
    finish();
    changed(ids);
  });
  for (const name of ["pointerenter", "pointerleave", "focusin", "focusout"]) bar.addEventListener(name, () => setTimeout(wait));
  window.addEventListener("pagehide", finish);
  return {
    isHere: (id) => !hidden.includes(id) && !gone.has(id),
    begin(ids) {
      finish();
      hidden = [...ids];
      one(bar, "span").textContent = ids.length === 1 ? "1 picture deleted." : `${ids.length} pictures deleted.`;
      bar.hidden = false;
      changed([]);
      undo.focus({ preventScroll: true });
      wait();
    },
  };
}
