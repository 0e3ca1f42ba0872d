// What the page around the canvas offers: Gradio's events and props, and what this browser keeps.

export interface Bridge {
  props: Record<string, any>;
  trigger: (event: string, payload?: unknown) => void;
  watch: (prop: string, then: () => void) => void;
}

declare global {
  interface Window {
    luminaReason?: (otherwise: string) => string;
  }
}

let bridge: Bridge | null = null;

export function connect(to: Bridge): void {
  bridge = to;
}

/** Tell the server; what is told is a plain object. */
export function tell(event: "execute" | "halt" | "review" | "bring", payload: object = {}): void {
  bridge?.trigger(event, { ...payload, visitor: visitor() });
}

/** A prop as plain data; Gradio's own objects tell themselves apart from copies. */
export function prop<T>(name: string, otherwise: T): T {
  const value = bridge?.props[name];
  return value == null ? otherwise : (JSON.parse(JSON.stringify(value)) as T);
}

/** Why something failed: what a proxy answered in the studio's stead, or `otherwise`. */
export const reason = (otherwise: string): string => window.luminaReason?.(otherwise) ?? otherwise;

const keyOf = (name: string): string => `lumina-canvas-${name}`;

/** Keep a text in this browser, and as this tab's own, which another tab does not replace. */
export function keep(name: string, value: string | null): void {
  for (const storage of [() => sessionStorage, () => localStorage]) {
    try {
      if (value === null) storage().removeItem(keyOf(name));
      else storage().setItem(keyOf(name), value);
    } catch {
      // no storage, or it is full: the page works on without it
    }
  }
}

/** What this tab kept; in a new one what any kept last. */
export function kept(name: string): string | null {
  try {
    return sessionStorage.getItem(keyOf(name)) ?? localStorage.getItem(keyOf(name));
  } catch {
    return null;
  }
}

let guest = "";

/** A name nobody can guess, under which the server keeps this browser's results. */
function visitor(): string {
  guest ||= kept("visitor") ?? "";
  if (!/^[0-9a-f]{32}$/.test(guest)) {
    guest = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    keep("visitor", guest);
  }
  return guest;
}
