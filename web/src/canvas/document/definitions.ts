// The workflows that a document holds for its nodes: two of equal content are one, and what no node uses is not kept.

import type { Doc, Json } from "../types";
import { toJson } from "./json";
import { freeName } from "./names";

const OF_A_RUN = ["model", "x-codes", "x-result"]; // of the document of a picture, not of what it does
const OF_THE_LOOK = ["layout", "frames"];

const contents = new WeakMap<Doc, string>();

/** The same for workflows that do the same and are called the same. */
export function contentOf(definition: Doc): string {
  if (!contents.has(definition)) contents.set(definition, toJson(sorted(without(definition, [...OF_A_RUN, ...OF_THE_LOOK]))));
  return contents.get(definition)!;
}

/** A document as a node's workflow. */
export const asDefinition = (doc: Doc): Doc => withoutUnused(without(doc, OF_A_RUN));

const without = (doc: Doc, keys: string[]): Doc =>
  Object.fromEntries(Object.entries(doc).filter(([key]) => !keys.includes(key))) as unknown as Doc;

function sorted(value: unknown): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value as Json;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, each]) => [key, sorted(each)]));
}

/** With this workflow among those of its nodes, and the name that it has there. */
export function adopted(doc: Doc, definition: Doc, wish: string): [Doc, string] {
  const all = doc.workflows ?? {};
  const same = Object.keys(all).find((name) => contentOf(all[name]!) === contentOf(definition));
  if (same !== undefined) return [doc, same];
  const name = freeName(all, wish);
  return [{ ...doc, workflows: { ...all, [name]: definition } }, name];
}

/** With the workflows that the nodes of another document are, and by their names there those they have here. */
export function allAdopted(doc: Doc, other: Doc): [Doc, Record<string, string>] {
  const names: Record<string, string> = {};
  const next = Object.entries(withoutUnused(other).workflows ?? {}).reduce((before, [name, definition]) => {
    const [after, to] = adopted(before, definition, name);
    names[name] = to;
    return after;
  }, doc);
  return [next, names];
}

/** How many workflows a document holds, those within others included. */
export const countOf = (doc: Doc): number =>
  Object.values(doc.workflows ?? {}).reduce((sum, each) => sum + 1 + countOf(each), 0);

/** The names of the workflows that a node is. */
export const used = (doc: Doc): Set<string> => new Set(Object.values(doc.nodes).flatMap(({ workflow }) => workflow ?? []));

/** Without the workflows that no node is. */
export function withoutUnused(doc: Doc): Doc {
  if (!doc.workflows) return doc;
  const { workflows, ...rest } = doc;
  const names = used(doc);
  const left = Object.entries(workflows).filter(([name]) => names.has(name));
  if (left.length === Object.keys(workflows).length && left.length) return doc;
  return (left.length ? { ...rest, workflows: Object.fromEntries(left) } : rest) as Doc;
}
