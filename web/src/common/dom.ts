// Elements: finding those that the markup promises, making new ones, and laying them in order.

/** The element that the markup promises; throws if it is not there. */
export function one<E extends Element = HTMLElement>(root: ParentNode, selector: string): E {
  const found = root.querySelector<E>(selector);
  if (!found) throw new Error(`The page has no ${selector}.`);
  return found;
}

/** The closest element around the target of an event. */
export function around<E extends Element = HTMLElement>(event: Event, selector: string): E | null {
  return event.target instanceof Element ? event.target.closest<E>(selector) : null;
}

export function made<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className = "",
  text = "",
  more: Partial<HTMLElementTagNameMap[K]> = {},
): HTMLElementTagNameMap[K] {
  const node = Object.assign(document.createElement(tag), more);
  if (className) node.className = className;
  if (text) node.textContent = text;
  return node;
}

export function penOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("This browser cannot draw.");
  return pen;
}

/** Lays these in a place, in this order; the one that has the focus keeps it. */
export function arrange(place: Element, wanted: readonly Element[]): void {
  if (wanted.length === place.children.length && wanted.every((each, at) => each === place.children[at])) return;
  refocused(place, () => place.replaceChildren(...wanted));
}

/** Whatever moves the children of a place, the one that has the focus keeps it. */
export function refocused(place: Element, move: () => void): void {
  const held = document.activeElement;
  move();
  if (held instanceof HTMLElement && place.contains(held)) held.focus({ preventScroll: true });
}
