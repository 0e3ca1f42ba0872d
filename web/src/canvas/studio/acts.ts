// What a person can do with nodes and wires, from menus, keys and the mouse alike.

import * as edits from "../document/edit";
import * as frames from "../document/frames";
import { adopted, asDefinition, countOf, withoutUnused } from "../document/definitions";
import { INPUTS, RESULTS, wires } from "../document/graph";
import { freeName } from "../document/names";
import { cards, COLUMN, freePlace, placesOf, tidied } from "../document/layout";
import { redone, undone } from "../document/history";
import { inputsOf, isLink } from "../document/read";
import { refusal } from "../document/sockets";
import { rebound, settle, unfolded, withWorkflow } from "../document/workflows";
import type { Doc, DocInput, Json, Link, Mode, Place, Wire } from "../types";
import { insert, partOf } from "./files";
import { beginAnew, keepFitting, recalled } from "./results";
import { doc, edit, get, heed, notify, say, set } from "./store";
import { surface } from "./surface";

const MOST_WORKFLOWS = 16; // that are nodes of one

const titleOf = (task: string) => get().catalogue.nodes[task]?.title ?? task;

/** Add a node, wired if asked for; it becomes the selection and gets the focus. */
export function add(task: string, at: Place | null, wire?: (id: string) => Wire): void {
  const { catalogue } = get();
  if (Object.keys(doc().nodes).length >= catalogue.limits.nodes) {
    return notify(`A workflow has at most ${catalogue.limits.nodes} nodes.`);
  }
  const before = doc();
  const place = freePlace(before, at ?? (wire && besides(wire("")) ) ?? surface.middle(), surface.heights());
  let id = "";
  edit((current) => {
    const [next, made] = edits.addNode(current, task, place, firstInputs(task));
    id = made;
    return wire ? edits.connected(next, wire(made)) : next;
  });
  beginAnew(before, [id]);
  set({ selected: [id], recovered: false });
  say(`${titleOf(task)} added as ${id}${wire ? " and wired" : ""}.`);
  focusCard(id);
  window.dispatchEvent(new Event("lumina-canvas-reveal"));
}

/** Add a node that is a workflow, wired if asked for. */
export function addWorkflow(other: Doc, wish: string, at: Place | null, wire?: (id: string) => Wire): void {
  if (isFull(other)) return;
  const before = doc();
  const place = freePlace(before, at ?? (wire && besides(wire(""))) ?? surface.middle(), surface.heights());
  const definition = asDefinition(other);
  let id = "";
  edit((current) => {
    const [next, made] = withWorkflow(current, definition, definition.title || wish, place, firstOf(definition));
    id = made;
    return wire ? edits.connected(next, wire(made)) : next;
  });
  beginAnew(before, [id]);
  set({ selected: [id], recovered: false });
  say(`${definition.title || wish} added as ${id}.`);
  focusCard(id);
  window.dispatchEvent(new Event("lumina-canvas-reveal"));
}

/** Whether there is room for one more node, and for one more workflow; says so where there is none. */
function isFull(definition: Doc, added = 1): boolean {
  const most = get().catalogue.limits.nodes;
  const kept = withoutUnused(doc());
  const [next] = adopted(kept, asDefinition(definition), "node");
  if (Object.keys(doc().nodes).length + added > most) notify(`A workflow has at most ${most} nodes.`);
  else if (countOf(next) > MOST_WORKFLOWS) notify(`At most ${MOST_WORKFLOWS} workflows can be within one; unfold one of them.`);
  else return false;
  return true;
}

/** Numbers for the seeds that it asks for at random, as for a task that is added. */
function firstOf(definition: Doc): Record<string, Json> {
  const random = Object.entries(definition.inputs ?? {}).filter(([, input]) => input.default === "random");
  return Object.fromEntries(random.map(([name]) => [name, Math.floor(Math.random() * 10_000)]));
}

/** Give a node that is a workflow another one. */
export function rebind(id: string, other: Doc, wish: string): void {
  if (isFull(other, 0)) return;
  const definition = asDefinition(other);
  const count = wires(doc()).length;
  edit((current) => rebound(current, get().catalogue, id, definition, definition.title || wish));
  const lost = count - wires(doc()).length;
  notify(`${id} is “${definition.title || wish}” now.${lost ? ` ${lost} ${lost === 1 ? "wire" : "wires"} had no place in it.` : ""}`);
}

/** A node that is a workflow becomes its nodes; undo folds it again. */
export function unfold(id: string): void {
  const [before, node] = [doc(), doc().nodes[id]!];
  const definition = before.workflows?.[node.workflow ?? ""];
  if (!definition) return;
  const most = get().catalogue.limits.nodes;
  if (node.mode === "bypass") return notify(`${id} is bypassed; stop that first, then unfold it.`);
  if (Object.keys(before.nodes).length - 1 + Object.keys(definition.nodes).length > most) return notify(`A workflow has at most ${most} nodes.`);
  let names: string[] = [];
  edit((current) => {
    const [next, made] = unfolded(current, get().catalogue, id, surface.heights());
    names = made;
    return next;
  });
  keepFitting(before);
  beginAnew(doc(), names);
  set({ selected: names });
  notify(`${id} is unfolded into ${names.length === 1 ? "1 node" : `${names.length} nodes`}. Undo folds it again.`);
  window.dispatchEvent(new Event("lumina-canvas-reveal"));
}

/** Settle what is open inside a node that is a workflow, or leave it open again. */
export function setSettled(id: string, key: string, value: Json | undefined): void {
  edit((current) => settle(current, id, key, value), `${id}/${key}`);
}

/** Where a node belongs that is added at a socket: right of what it takes from, left of what it gives to. */
function besides({ source, target }: Wire): Place | null {
  const places = placesOf(doc());
  const [from, to] = [places[source], places[target]];
  return from ? [from[0] + COLUMN, from[1]] : to ? [to[0] - COLUMN, to[1]] : null;
}

/** A seed to begin with, so that a second run gives the same and is not run at all. */
function firstInputs(task: string): Record<string, Json | Link> {
  const seed = get().catalogue.nodes[task]?.inputs.seed;
  return seed?.words?.includes("random") ? { seed: Math.floor(Math.random() * 10_000) } : {};
}

/** Wire two sockets, or say why not. */
export function wire(wanted: Wire): boolean {
  const reason = refusal(doc(), get().catalogue, wanted);
  if (reason) {
    notify(reason);
    return false;
  }
  edit((current) => edits.connected(current, wanted));
  say(`${wanted.source} ${wanted.output} wired to ${wanted.target === RESULTS ? "the results" : `${wanted.target} ${wanted.input}`}.`);
  return true;
}

export function unwire(target: string, input: string): void {
  edit((current) => edits.disconnected(current, target, input));
  say("Wire removed.");
}

export function setValue(id: string, name: string, value: Json | Link | undefined): void {
  heed(`/nodes/${id}/inputs/${name}`);
  edit((current) => edits.setInput(current, id, name, value), `${id}.${name}`);
}

export function remove(ids: string[] = get().selected): void {
  if (!ids.length) return;
  const nodes = ids.filter((id) => !frames.isFrame(id));
  edit((current) => edits.removed(frames.unframed(current, ids), nodes));
  set({ selected: [] });
  say(`${ids.length > 1 ? `${ids.length} things` : nodes.length ? nodes[0] : "The frame"} removed.`);
  focusRoot();
}

export function duplicate(ids: string[] = get().selected): void {
  const part = partOf(ids);
  if (part) insert(part);
}

/** A new frame around the selected nodes, or an empty one; its title has the focus. */
export function frame(place: Place | null = null, ids = get().selected): void {
  const known = ids.filter((id) => id in doc().nodes || id === INPUTS || id === RESULTS);
  if (Object.keys(doc().frames ?? {}).length >= get().catalogue.limits.nodes) return notify("There are enough frames here.");
  let id = "";
  edit((current) => {
    const [next, name] = frames.framed(current, known, place ?? surface.middle(), surface.heights());
    id = frames.frameId(name);
    return next;
  });
  set({ selected: [id] });
  say(known.length ? `Frame around ${known.length} nodes added.` : "Frame added.");
  focusOn(`[data-frame="${frames.frameName(id)}"]`);
  window.dispatchEvent(new Event("lumina-canvas-reveal"));
}

/** The frame as large as what lies in it needs. */
export function hug(name: string): void {
  edit((current) => frames.hugging(current, name, frames.within(current, name), surface.heights()));
}

export function mode(ids: string[], wanted: Mode): void {
  const known = ids.filter((id) => id in doc().nodes);
  if (!known.length) return;
  edit((current) => edits.inMode(current, known, wanted));
  const isOn = doc().nodes[known[0]!]?.mode === wanted;
  say(`${known.join(", ")}: ${isOn ? (wanted === "mute" ? "muted" : "bypassed") : "runs"}.`);
}

export function rename(id: string, wish: string): void {
  let name = id;
  edit((current) => {
    const [next, to] = edits.renamed(current, id, wish);
    name = to;
    return next;
  });
  if (name === id) return;
  const { [id]: results, [name]: _, ...rest } = get().results;
  set({ selected: [name], results: results ? { ...rest, [name]: results } : rest });
}

export function promote(id: string, name: string): void {
  edit((current) => edits.promoted(current, get().catalogue, id, name));
  say(`${name} of ${id} is now an input of the workflow.`);
}

/** Ask for an input of a node in the Form, or no longer. */
export function ask(id: string, name: string, title: string): void {
  const isAsked = isLink(inputsOf(doc().nodes[id])[name]);
  edit((current) => (isAsked ? edits.unasked(current, id, name) : edits.promoted(current, get().catalogue, id, name)));
  say(isAsked ? `The Form no longer asks for ${title} of ${id}.` : `The Form asks for ${title} of ${id} now.`);
}

export function addInput(type: DocInput["type"]): void {
  edit((current) => {
    const name = freeName(current.inputs ?? {}, type === "image" ? "picture" : type);
    return { ...current, inputs: { ...current.inputs, [name]: { type, label: "" } } };
  });
  say("Input added.");
  focusCard(INPUTS);
}

export function showResult(id: string, output: string): void {
  wire({ source: id, output, target: RESULTS, input: "" });
}

export function tidy(): void {
  const places = tidied(doc(), surface.heights());
  edit((current) => frames.movedWithFrames(current, places, surface.heights()));
  say("Tidied up.");
  window.dispatchEvent(new Event("lumina-canvas-fit"));
}

export function undo(): void {
  const history = undone(get().history);
  if (history === get().history) return say("Nothing to undo.");
  travelled(history, "Undone.");
}

export function redo(): void {
  const history = redone(get().history);
  if (history === get().history) return say("Nothing to redo.");
  travelled(history, "Redone.");
}

function travelled(history: ReturnType<typeof undone>, text: string): void {
  const there = cards(history.doc);
  set({ ...recalled(history.doc), history, selected: get().selected.filter((id) => there.includes(id)), said: text });
  focusRoot();
}

export function root(): HTMLElement | null {
  return document.querySelector<HTMLElement>(".lumina-canvas .frame");
}

/** Undo and delete can take away what has the focus; without it, keys would reach nobody. */
function focusRoot(): void {
  requestAnimationFrame(() => {
    const host = root();
    if (host && !host.contains(document.activeElement)) host.focus({ preventScroll: true });
  });
}

/** Once it is drawn and can be seen, the field of a card that waits for words, else the first one. */
export const focusCard = (id: string): void => focusOn(`[data-card="${id}"]`);

function focusOn(selector: string): void {
  const look = (tries: number) => {
    const card = root()?.querySelector(selector);
    const waiting = [...(card?.querySelectorAll("textarea") ?? [])].find(({ value }) => !value);
    const field = waiting ?? card?.querySelector<HTMLElement>("textarea, input, select") ?? card?.querySelector<HTMLElement>(".socket");
    field?.focus({ preventScroll: true });
    if (tries && (!field || document.activeElement !== field)) setTimeout(() => look(tries - 1), 30);
  };
  setTimeout(() => look(20), 0);
}
