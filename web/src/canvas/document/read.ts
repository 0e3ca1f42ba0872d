// Documents as text: reading a stranger's JSON, and writing it without losing a digit of a large seed.

import type { Doc, DocNode, Json, Link } from "../types";

const NUMBERS = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const LONG = /^-?\d{16,}$/;
const LONG_SEEDS = /("seed":\s*)"(\d{16,19})"/g;

export class Unreadable extends Error {}

const isObject = (value: unknown): value is Record<string, Json> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export function isLink(value: unknown): value is Link {
  return isObject(value) && typeof value.from === "string" && Object.keys(value).length === 1;
}

/** The document in a text; throws Unreadable with one sentence. Unknown tasks and keys are kept. */
export function parse(text: string): Doc {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(NUMBERS, (found) => (LONG.test(found) ? `"${found}"` : found)));
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
    if (!isObject(node) || typeof node.task !== "string" || !isObject(node.inputs ?? {})) {
      throw new Unreadable(`This workflow cannot be read: the node "${id}" names no task.`);
    }
  }
  for (const key of ["inputs", "outputs", "layout"]) {
    if (!isObject(value[key] ?? {})) throw new Unreadable(`This workflow cannot be read: "${key}" is no object.`);
  }
  return value as unknown as Doc;
}

/** The document as JSON text; with `indent` for people. */
export function write(doc: Doc, indent = 0): string {
  return JSON.stringify(doc, null, indent).replace(LONG_SEEDS, "$1$2");
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
