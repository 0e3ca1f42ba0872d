// Documents as text: reading what the server's reader made of a stranger's, and writing it again without loss.

import type { Doc, DocNode, Json, Link, Place } from "../types";
import { withoutUnused } from "./definitions";
import { fromJson, toJson } from "./json";

export class Unreadable extends Error {}

const isObject = (value: unknown): value is Record<string, Json> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export function isLink(value: unknown): value is Link {
  return isObject(value) && typeof value.from === "string" && Object.keys(value).length === 1;
}

/** The document in a text that the server's reader or this page has written; throws Unreadable if it was not. */
export function parse(text: string): Doc {
  let value: unknown;
  try {
    value = fromJson(text);
  } catch {
    throw new Unreadable("This is not a workflow: its text is no valid JSON.");
  }
  return checked(value);
}

function checked(value: unknown): Doc {
  if (!isObject(value) || !isObject(value.nodes)) {
    throw new Unreadable('This is not a workflow: it has no "nodes".');
  }
  if (value.lumina !== 1) throw new Unreadable('This workflow has another version; this page reads "lumina": 1.');
  for (const [id, node] of Object.entries(value.nodes)) {
    if (!isObject(node) || typeof (node.task ?? node.workflow) !== "string" || !isObject(node.inputs ?? {})) {
      throw new Unreadable(`This workflow cannot be read: the node "${id}" names no task.`);
    }
  }
  for (const key of ["inputs", "outputs", "layout", "frames", "workflows"]) {
    if (!isObject(value[key] ?? {})) throw new Unreadable(`This workflow cannot be read: "${key}" is no object.`);
  }
  const doc = value as unknown as Doc;
  return {
    ...doc,
    ...(doc.layout && { layout: inNumbers(value.layout as Record<string, Json[]>) }),
    ...(doc.frames && { frames: framesInNumbers(doc.frames) }),
    ...(doc.workflows && { workflows: Object.fromEntries(Object.entries(doc.workflows).map(([name, each]) => [name, checked(each)])) }),
  } as Doc;
}

function framesInNumbers(frames: NonNullable<Doc["frames"]>): Doc["frames"] {
  const all = Object.entries(frames).map(([name, frame]) => [name, { ...frame, ...inNumbers({ place: frame.place, size: frame.size }) }]);
  return Object.fromEntries(all) as Doc["frames"];
}

/** Places are computed with. */
function inNumbers(layout: Record<string, Json[]>): Record<string, Place> {
  return Object.fromEntries(Object.entries(layout).map(([id, place]) => [id, place.map(Number) as Place]));
}

/** The document as JSON text, without workflows that no node is; with `indent` for people. */
export function write(doc: Doc, indent = 0): string {
  return toJson(withoutUnused(doc), indent);
}

export function emptyDoc(): Doc {
  return { lumina: 1, nodes: {} };
}

export function inputsOf(node: DocNode | undefined): Record<string, Json | Link> {
  return node?.inputs ?? {};
}

export function split(link: Link): [string, string] {
  const at = link.from.indexOf(".");
  return [link.from.slice(0, at), link.from.slice(at + 1)];
}
