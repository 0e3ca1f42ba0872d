// Keys, heard only while the canvas has the focus and never while somebody is writing.

import type { KeyboardEvent } from "react";
import { things } from "../document/frames";
import * as acts from "./acts";
import { palette } from "./choosers";
import { browse } from "./results";
import { execute, halt, isRunning } from "./running";
import { doc, get, set } from "./store";

type Act = (event: KeyboardEvent) => void;

const toSelected = (by: number) => () => get().selected.forEach((id) => browse(id, by));

const PLAIN: Record<string, Act> = {
  "/": (event) => palette(middleOf(event)),
  "?": () => set({ dialog: "keys" }),
  Delete: () => acts.remove(),
  Backspace: () => acts.remove(),
  b: () => acts.mode(get().selected, "bypass"),
  m: () => acts.mode(get().selected, "mute"),
  f: () => window.dispatchEvent(new Event("lumina-canvas-fit")),
  h: () => set({ drawer: !get().drawer }),
  l: () => acts.tidy(),
  g: () => get().view === "canvas" && acts.frame(),
  "[": toSelected(-1),
  "]": toSelected(1),
};

const WITH_CONTROL: Record<string, Act> = {
  z: (event) => (event.shiftKey ? acts.redo() : acts.undo()),
  y: () => acts.redo(),
  d: () => acts.duplicate(),
  a: () => set({ selected: things(doc()) }),
};

export function onKey(event: KeyboardEvent): void {
  const target = event.target as Element;
  const isControl = event.ctrlKey || event.metaKey;
  const act = actOf(event, isControl, target.closest("input, textarea, select") !== null);
  if (!act || event.altKey) return;
  event.preventDefault();
  act(event);
}

function actOf(event: KeyboardEvent, isControl: boolean, isWriting: boolean): Act | undefined {
  if (event.key === "Enter" && isControl) return () => execute();
  if (event.key === "Escape" && isRunning()) return halt;
  if (isWriting) return undefined;
  if (event.key === "Enter" && event.shiftKey) return () => execute(get().selected.find((id) => id in doc().nodes) ?? null);
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return isControl ? WITH_CONTROL[key] : PLAIN[key];
}

function middleOf(event: KeyboardEvent): { x: number; y: number } {
  const box = event.currentTarget.getBoundingClientRect();
  return { x: box.left + box.width / 2 - 140, y: Math.max(box.top, 0) + 120 };
}
