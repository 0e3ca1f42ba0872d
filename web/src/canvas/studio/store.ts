// The one state of the canvas; every part of the page reads from here and nothing else keeps state.

import { useSyncExternalStore } from "react";
import { begun, changed, type History } from "../document/history";
import { emptyDoc } from "../document/read";
import type { KeptRun } from "../document/runs";
import type { Elsewhere } from "./pictures";
import type { Catalogue, Doc, PlanView, Result, Run, SocketType, Template } from "../types";

export type View = "canvas" | "steps" | "form";

export interface Choice {
  key: string;
  title: string;
  hint?: string;
  also?: string; // other words by which it is found
  type?: SocketType;
  group?: string;
  run: () => void;
}

export interface Chooser {
  title: string;
  at: { x: number; y: number };
  choices: Choice[];
  empty?: string;
}

export interface State {
  catalogue: Catalogue;
  templates: Template[];
  space: string;
  history: History;
  results: Record<string, Result[]>; // by node, oldest first
  runs: KeptRun[]; // of this document, oldest first
  run: Run;
  ran: { doc: Doc; signatures: Record<string, string>; target: string | null };
  plan: PlanView | null;
  heeded: readonly string[]; // pointers to what a person has filled in, or everything (""), once Run was pressed
  selected: string[];
  view: View;
  chooser: Chooser | null;
  dialog: "share" | "keys" | "open" | "rename" | null;
  large: { node: string; index: number } | null; // the picture that is looked at
  drawer: boolean; // whether the last runs are shown
  elsewhere: Elsewhere | null; // a file of another program that was brought
  notice: string;
  said: string; // for screen readers
  recovered: boolean; // whether the document was found in this browser
  kept: string | null; // the draft that a link has taken the place of
}

export const IDLE: Run = { run: "", state: "idle", nodes: {} };
export const NO_TASKS: Catalogue = { nodes: {}, types: {}, limits: { nodes: 64, bytes: 262144, values: 64 } };

let state: State = {
  catalogue: NO_TASKS,
  templates: [],
  space: "",
  history: begun(emptyDoc()),
  results: {},
  runs: [],
  run: IDLE,
  ran: { doc: emptyDoc(), signatures: {}, target: null },
  plan: null,
  heeded: [],
  selected: [],
  view: "canvas",
  chooser: null,
  dialog: null,
  large: null,
  drawer: false,
  elsewhere: null,
  notice: "",
  said: "",
  recovered: false,
  kept: null,
};
const listeners = new Set<() => void>();

export const get = (): State => state;
export const doc = (): Doc => state.history.doc;
export const holdsNothing = (of: State = state): boolean => Object.keys(of.history.doc.nodes).length === 0;

export function set(part: Partial<State>): void {
  state = { ...state, ...part };
  listeners.forEach((listener) => listener());
}

export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** What `select` gives now and after each change; it must give the same object while nothing changed. */
export function use<T>(select: (state: State) => T): T {
  return useSyncExternalStore(subscribe, () => select(state));
}

/** Change the document; changes of one thing (`what`) that follow quickly are undone together. */
export function edit(change: (doc: Doc) => Doc, what = ""): void {
  const history = changed(state.history, change(state.history.doc), what);
  if (history !== state.history) set({ history });
}

/** From now on a fault in this part of the document, all of it by "", is said as one. */
export function heed(pointer: string): void {
  if (!state.heeded.includes(pointer)) set({ heeded: [...state.heeded, pointer] });
}

export function say(text: string): void {
  set({ said: text });
}

let notices = 0;
export function notify(text: string): void {
  const mine = ++notices;
  set({ notice: text, said: text });
  setTimeout(() => mine === notices && set({ notice: "" }), 6000);
}
