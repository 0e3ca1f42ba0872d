// The last runs of a document: what was changed for each, and the way back to it.

import type { Catalogue, Doc, Json, Link, NodeRun, Result } from "../types";
import { contentOf } from "./definitions";
import { cone, RESULTS, signatureOf, signatures, wires } from "./graph";
import { toJson } from "./json";
import { inputsOf, isLink } from "./read";
import { inputPort, taskOf } from "./sockets";

export interface KeptRun {
  at: number; // milliseconds
  doc: Doc; // with the numbers that its random seeds became
  changes: string[];
  nodes: Record<string, NodeRun>; // what it gave
}

const MOST = 12;
const MOST_CHARACTERS = 400_000; // of all of them, as they are kept
const MOST_CHANGES = 4; // that are told of one
const LETTERS = 60; // of a value

/** With a run at the end; one that was run again takes its old place's, and the oldest make room. */
export function withRun(runs: KeptRun[], doc: Doc, nodes: Record<string, NodeRun>, catalogue: Catalogue, at = Date.now()): KeptRun[] {
  const given = Object.fromEntries(Object.entries(nodes).flatMap(([id, run]) => (isGiven(run) ? [[id, withAddress(run)]] : [])));
  if (!Object.keys(given).length) return runs;
  const rest = runs.filter((other) => signatureOf(other.doc) !== signatureOf(doc));
  const next = [...rest, { at, doc, changes: changes(rest.at(-1)?.doc, doc, catalogue), nodes: given }].slice(-MOST);
  while (next.length > 1 && toJson(next).length > MOST_CHARACTERS) next.shift();
  return next;
}

const isGiven = ({ state }: NodeRun): boolean => state === "done" || state === "cached";

const withAddress = (run: NodeRun): NodeRun =>
  run.pictures ? { ...run, pictures: run.pictures.filter(({ url }) => url).map(({ strips: _, ...picture }) => picture) } : run;

/** What differs from the run before, each in a few words. */
export function changes(before: Doc | undefined, after: Doc, catalogue: Catalogue): string[] {
  if (!before) return ["The first run that is kept"];
  const found = [...inputChanges(before, after), ...Object.keys(after.nodes).flatMap((id) => nodeChanges(before, after, catalogue, id))];
  const gone = Object.keys(before.nodes).filter((id) => !(id in after.nodes)).map((id) => `without ${id}`);
  const all = [...found, ...gone];
  if (!all.length) return ["Other results asked for"];
  return all.length > MOST_CHANGES ? [...all.slice(0, MOST_CHANGES), `and ${all.length - MOST_CHANGES} more`] : all;
}

function inputChanges(before: Doc, after: Doc): string[] {
  return Object.entries(after.inputs ?? {}).flatMap(([name, input]) =>
    toJson(before.inputs?.[name]?.default ?? null) === toJson(input.default ?? null) ? [] : [`${input.label || name}: ${shown(input.default)}`]);
}

function nodeChanges(before: Doc, after: Doc, catalogue: Catalogue, id: string): string[] {
  const [old, node] = [before.nodes[id], after.nodes[id]!];
  if (!old) return [`with ${taskOf(after, catalogue, node)?.title ?? node.task} “${id}”`];
  const names = new Set([...Object.keys(inputsOf(old)), ...Object.keys(inputsOf(node))]);
  const values = [...names].filter((name) => toJson(inputsOf(old)[name] ?? null) !== toJson(inputsOf(node)[name] ?? null));
  const told = values.map((name) => `${inputPort(after, catalogue, id, name)?.title || name} of ${id}: ${shown(inputsOf(node)[name])}`);
  if (node.workflow && workflowOf(before, old) !== workflowOf(after, node)) told.push(`another workflow in ${id}`);
  return (old.mode ?? "run") === (node.mode ?? "run") ? told : [...told, `${id} ${{ mute: "muted", bypass: "bypassed", run: "runs" }[node.mode ?? "run"]}`];
}

const workflowOf = (doc: Doc, node: Doc["nodes"][string]): string => {
  const definition = doc.workflows?.[node.workflow ?? ""];
  return definition ? contentOf(definition) : "";
};

function shown(value: Json | Link | undefined): string {
  if (value === undefined || value === null) return "as it comes";
  if (isLink(value)) return `from ${value.from.replace(".", " · ")}`;
  if (typeof value === "object" && !Array.isArray(value)) return "another picture";
  const text = typeof value === "string" ? value : toJson(value);
  return text.length > LETTERS ? `${text.slice(0, LETTERS)}…` : text;
}

/** The document of a run again, with the title, places and frames that this one has now. */
export function restored(now: Doc, { doc }: KeptRun): Doc {
  return { ...now, ...doc, layout: { ...doc.layout, ...now.layout }, ...(now.frames && { frames: now.frames }), ...(now.title !== undefined && { title: now.title }) };
}

/** The inputs of a node and of all before it, and what was settled inside of those that are workflows. */
export function madeOf(doc: Doc, id: string): Pick<Result, "made" | "settled"> {
  const ids = [...cone(doc, id)];
  return {
    made: Object.fromEntries(ids.map((other) => [other, inputsOf(doc.nodes[other])])),
    settled: Object.fromEntries(ids.flatMap((other) => (doc.nodes[other]?.settled ? [[other, doc.nodes[other]!.settled!]] : []))),
  };
}

/** What a node gave in a run, as one of its results. */
export function resultIn({ doc, nodes }: KeptRun, id: string): Result {
  const signature = signatures(doc)[id] ?? "";
  return { ...nodes[id]!, signature, again: signature, ...madeOf(doc, id) };
}

/** The addresses of the pictures that a run was for: its results, else those of nodes that no other takes from. */
export function picturesOf({ doc, nodes }: KeptRun): string[] {
  const all = wires(doc);
  const named = all.filter(({ target }) => target === RESULTS).map(({ source }) => source);
  const taken = new Set(all.map(({ source }) => source));
  const ends = named.length ? [...new Set(named)] : Object.keys(nodes).filter((id) => !taken.has(id));
  return ends.flatMap((id) => (nodes[id]?.pictures ?? []).map(({ url }) => url));
}
