// What the page around the canvas offers: Gradio's events and props, and what this browser keeps.

import type { Bring, Execute, Review } from "../../messages.gen";
import type { Host } from "../../common/host";
import { visitor } from "../../common/visitor";

export type Bridge = Host<Record<string, unknown>>;

let bridge: Bridge | null = null;

export function connect(to: Bridge): void {
  bridge = to;
}

type Asked<T> = Required<Omit<T, "visitor">>;

interface Events {
  execute: Asked<Execute>;
  halt: Record<string, never>;
  review: Asked<Review>;
  bring: Omit<Bring, "visitor">;
}

/** Tell the server; what is told is a plain object. */
export function tell<E extends keyof Events>(event: E, payload: Events[E]): void {
  bridge?.trigger(event, { ...payload, visitor: visitor() });
}

/** A prop as plain data; Gradio's own objects tell themselves apart from copies. */
export function prop<T>(name: string, otherwise: T): T {
  const value = bridge?.props[name];
  return value == null ? otherwise : (JSON.parse(JSON.stringify(value)) as T);
}

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

/** What concerns this tab alone: a reload finds it, another tab does not. */
export function keepOwn(name: string, value: string | null): void {
  try {
    if (value === null) sessionStorage.removeItem(keyOf(name));
    else sessionStorage.setItem(keyOf(name), value);
  } catch {
    // as above
  }
}

/** What all tabs of this browser share. */
export function keepShared(name: string, value: string): void {
  try {
    localStorage.setItem(keyOf(name), value);
  } catch {
    // as above
  }
}

export function keptShared(name: string): string | null {
  try {
    return localStorage.getItem(keyOf(name));
  } catch {
    return null;
  }
}

export function keptOwn(name: string): string | null {
  try {
    return sessionStorage.getItem(keyOf(name));
  } catch {
    return null;
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
