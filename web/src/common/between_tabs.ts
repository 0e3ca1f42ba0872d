// Pictures and workflows on their way from one tab of the page to another, perhaps before that one is there.

import type { Host } from "./host";

export interface Brought {
  png: string; // in base64
  kind: string | undefined; // of map, or "picture"
}

const brought = new Map<string, Brought>(); // by the task whose form takes it
const returned = new Map<string, string>(); // PNGs in base64 by the task whose settings they bring back

/** The image field of a tab takes it at once, or when it is there. */
export function bringTo(task: string, png: string, kind?: string): void {
  brought.set(task, { png, kind });
  window.dispatchEvent(new Event("lumina-brought"));
}

export function takeBrought(task: string): Brought | undefined {
  const found = brought.get(task);
  brought.delete(task);
  return found;
}

/** A picture brings its settings back as if it were dropped on the tab of its task. */
export function returnTo(task: string, png: string): void {
  returned.set(task, png);
  window.dispatchEvent(new Event("lumina-returned"));
}

export function takeReturned(task: string): string | undefined {
  const found = returned.get(task);
  returned.delete(task);
  return found;
}

/** What the canvas, a script of its own, is to open. */
export interface Handed {
  text?: string;
  pictures?: string[]; // that the text names
  picture?: string; // in base64: a node that gives it is added to what is there
}

declare global {
  interface Window {
    luminaHanded: Handed | undefined;
    LuminaCanvas?: { mount(place: HTMLElement, host: Host<Record<string, unknown>>): void };
  }
}

let pressed = ""; // the name of the tab that is to be opened

/** Whoever opens a tab for somebody else presses a button that nobody sees; this is what it is to open. */
export function pressedTab(): string {
  const name = pressed;
  pressed = "";
  return name;
}

export function openTab(name: string): void {
  pressed = name;
  document.querySelector<HTMLElement>(".open-tab")?.click();
}

/** Opens the Workflow tab, with this workflow if there is one. Nothing runs by that. */
export function openWorkflow(handed?: Handed): void {
  if (handed) window.luminaHanded = handed;
  press(240);
}

function press(tries: number): void {
  // The page may still be putting itself together; then nobody hears the first clicks.
  if (document.querySelector<HTMLElement>(".lumina-canvas")?.offsetParent) {
    window.dispatchEvent(new Event("lumina-open-workflow"));
    return;
  }
  openTab("workflow");
  if (tries) setTimeout(press, 250, tries - 1);
}
