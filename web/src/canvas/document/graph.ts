// What hangs on what: wires, reading order, circles, and a signature that changes when a result would.

import type { Doc, Json, Link, Wire } from "../types";
import { contentOf, withoutUnused } from "./definitions";
import { toJson } from "./json";
import { inputsOf, isLink, split } from "./read";

export const INPUTS = "inputs"; // the card of the workflow's inputs; links name it so, and no node may
export const RESULTS = ">results"; // the card of its outputs

const known = new WeakMap<Doc, Wire[]>();

/** Every link of the document that leads somewhere, those into its outputs last. */
export function wires(doc: Doc): Wire[] {
  if (!known.has(doc)) known.set(doc, wiresOf(doc));
  return known.get(doc)!;
}

function wiresOf(doc: Doc): Wire[] {
  const found: Wire[] = [];
  const add = (link: unknown, target: string, input: string) => {
    if (!isLink(link)) return;
    const [source, output] = split(link);
    if (source === INPUTS ? doc.inputs?.[output] : doc.nodes[source]) found.push({ source, output, target, input });
  };
  for (const [id, node] of Object.entries(doc.nodes)) {
    for (const [name, value] of Object.entries(inputsOf(node))) add(value, id, name);
  }
  for (const [name, link] of Object.entries(doc.outputs ?? {})) add(link, RESULTS, name);
  return found;
}

function sourcesOf(doc: Doc): Map<string, string[]> {
  const sources = new Map<string, string[]>(Object.keys(doc.nodes).map((id) => [id, []]));
  for (const { source, target } of wires(doc)) {
    if (source !== INPUTS && sources.has(target)) sources.get(target)!.push(source);
  }
  return sources;
}

/** The nodes in an order in which each comes after all it takes from; the document's order where free. */
export function order(doc: Doc): string[] {
  const sources = sourcesOf(doc);
  const found: string[] = [];
  const seen = new Set<string>();
  const visit = (id: string) => {
    if (seen.has(id)) return;
    seen.add(id);
    sources.get(id)?.forEach(visit);
    found.push(id);
  };
  Object.keys(doc.nodes).forEach(visit);
  return found;
}

/** The node itself and all it takes from, directly or not. */
export function cone(doc: Doc, id: string): Set<string> {
  const sources = sourcesOf(doc);
  const found = new Set<string>();
  const pending = [id];
  while (pending.length) {
    const next = pending.pop()!;
    if (found.has(next)) continue;
    found.add(next);
    pending.push(...(sources.get(next) ?? []));
  }
  return found;
}

/** The way from `target` to `source` that a wire from `source` to `target` would close, or null. */
export function circle(doc: Doc, source: string, target: string): string[] | null {
  const all = wires(doc);
  const walk = (id: string, path: string[]): string[] | null => {
    if (id === source) return path;
    for (const wire of all) {
      if (wire.source !== id || path.includes(wire.target)) continue;
      const found = walk(wire.target, [...path, wire.target]);
      if (found) return found;
    }
    return null;
  };
  return walk(target, [target]);
}

/** Changes whenever the node's result would: its own inputs, and the signatures of all it takes from. */
export function signatures(doc: Doc): Record<string, string> {
  const found: Record<string, string> = {};
  for (const id of order(doc)) {
    const node = doc.nodes[id]!;
    const values = Object.entries(inputsOf(node)).map(([name, value]) => [name, resolved(doc, value, found)]);
    const definition = doc.workflows?.[node.workflow ?? ""];
    const what = definition ? [contentOf(definition), node.settled ?? {}] : (node.task ?? node.workflow ?? "");
    found[id] = hash(toJson([what, node.mode ?? "run", values.sort()]));
  }
  return found;
}

function resolved(doc: Doc, value: Json | Link, found: Record<string, string>): Json {
  if (!isLink(value)) return value as Json;
  const [source, output] = split(value);
  if (source === INPUTS) return doc.inputs?.[output]?.default ?? null;
  return [found[source] ?? "?", output];
}

/** Changes whenever a run would. */
export function signatureOf(doc: Doc): string {
  const workflows = Object.entries(withoutUnused(doc).workflows ?? {}).map(([name, each]) => [name, contentOf(each)]);
  return hash(toJson([doc.nodes, doc.inputs ?? {}, doc.outputs ?? {}, doc.model ?? "", ...workflows]));
}

function hash(text: string): string {
  let low = 0xdeadbeef;
  let high = 0x41c6ce57;
  for (let at = 0; at < text.length; at++) {
    low = Math.imul(low ^ text.charCodeAt(at), 2654435761);
    high = Math.imul(high ^ text.charCodeAt(at), 1597334677);
  }
  return (high >>> 0).toString(36) + (low >>> 0).toString(36);
}
