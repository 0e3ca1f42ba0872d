// Every change of a document, each a pure function from one document to the next.

import type { Catalogue, Doc, DocInput, DocNode, Json, Link, Mode, Place, Wire } from "../types";
import { allAdopted, withoutUnused } from "./definitions";
import { INPUTS, RESULTS, wires } from "./graph";
import { freeName } from "./names";
import { inputsOf, isLink, split } from "./read";
import { inputPort } from "./sockets";

const without = <T>(from: Record<string, T>, ...names: string[]): Record<string, T> =>
  Object.fromEntries(Object.entries(from).filter(([name]) => !names.includes(name)));

export function addNode(doc: Doc, task: string, at: Place, inputs: DocNode["inputs"] = {}): [Doc, string] {
  const id = freeName(doc.nodes, task);
  return [moved({ ...doc, nodes: { ...doc.nodes, [id]: { task, inputs } } }, { [id]: at }), id];
}

export function moved(doc: Doc, places: Record<string, Place>): Doc {
  const rounded = Object.entries(places).map(([id, [x, y]]) => [
    id === RESULTS ? "outputs" : id,
    [Math.round(x), Math.round(y)] as Place,
  ]);
  return { ...doc, layout: { ...doc.layout, ...Object.fromEntries(rounded) } };
}

export function placeOf(doc: Doc, id: string): Place | undefined {
  if (id === RESULTS) return "outputs" in doc.nodes ? undefined : doc.layout?.outputs;
  return doc.layout?.[id];
}

function withNode(doc: Doc, id: string, change: (node: DocNode) => DocNode): Doc {
  const node = doc.nodes[id];
  return node ? { ...doc, nodes: { ...doc.nodes, [id]: change(node) } } : doc;
}

/** Give an input a value; undefined leaves it to its default. */
export function setInput(doc: Doc, id: string, name: string, value: Json | Link | undefined): Doc {
  return withNode(doc, id, (node) => {
    const rest = inputsOf(node);
    return { ...node, inputs: value === undefined ? without(rest, name) : { ...rest, [name]: value } };
  });
}

export function connected(doc: Doc, { source, output, target, input }: Wire): Doc {
  const link = { from: `${source}.${output}` };
  if (target !== RESULTS) return setInput(doc, target, input, link);
  const name = input in (doc.outputs ?? {}) ? input : freeName(doc.outputs ?? {}, output);
  return { ...doc, outputs: { ...doc.outputs, [name]: link } };
}

export function disconnected(doc: Doc, target: string, input: string): Doc {
  return target === RESULTS
    ? { ...doc, outputs: without(doc.outputs ?? {}, input) }
    : setInput(doc, target, input, undefined);
}

/** Without these nodes, and without every link to them. */
export function removed(doc: Doc, ids: string[]): Doc {
  let next = doc;
  for (const wire of wires(doc)) if (ids.includes(wire.source)) next = disconnected(next, wire.target, wire.input);
  if (ids.includes(INPUTS)) next = { ...next, inputs: {} };
  if (ids.includes(RESULTS)) next = { ...next, outputs: {} };
  const gone = ids.map((id) => (id === RESULTS ? "outputs" : id));
  return { ...next, nodes: without(next.nodes, ...ids), layout: without(next.layout ?? {}, ...gone) };
}

/** Mute or bypass these nodes; all of them run again if all were so already. */
export function inMode(doc: Doc, ids: string[], mode: Mode): Doc {
  const isOn = ids.every((id) => doc.nodes[id]?.mode === mode);
  return ids.reduce(
    (next, id) =>
      withNode(next, id, ({ mode: _, ...rest }) => (isOn || mode === "run" ? rest : { ...rest, mode }) as DocNode),
    doc,
  );
}

export function renamed(doc: Doc, from: string, wish: string): [Doc, string] {
  const to = freeName(without(doc.nodes, from), wish);
  if (to === from) return [doc, from];
  const swap = (record: Record<string, any> = {}) =>
    Object.fromEntries(Object.entries(record).map(([id, value]) => [id === from ? to : id, value]));
  return [relinked({ ...doc, nodes: swap(doc.nodes), layout: swap(doc.layout) }, { [from]: to }), to];
}

export function relinked(doc: Doc, names: Record<string, string>): Doc {
  const link = (value: Json | Link): Json | Link => {
    if (!isLink(value)) return value;
    const [source, output] = split(value);
    return { from: `${names[source] ?? source}.${output}` };
  };
  const all = <T>(record: Record<string, T>) =>
    Object.fromEntries(Object.entries(record).map(([name, value]) => [name, link(value as Json | Link)])) as Record<string, T>;
  const nodes = Object.entries(doc.nodes).map(([id, node]) => [id, { ...node, inputs: all(inputsOf(node)) }]);
  return { ...doc, nodes: Object.fromEntries(nodes), ...(doc.outputs && { outputs: all(doc.outputs) }) };
}

/** These nodes alone; links that come from outside are kept where `doc` is the place to paste to. */
export function fragment(doc: Doc, ids: string[]): Doc {
  const nodes = Object.fromEntries(ids.flatMap((id) => (doc.nodes[id] ? [[id, doc.nodes[id]!]] : [])));
  const layout = Object.fromEntries(ids.flatMap((id) => (doc.layout?.[id] ? [[id, doc.layout[id]!]] : [])));
  return withoutUnused({ lumina: 1, nodes, layout, ...(doc.workflows && { workflows: doc.workflows }) });
}

/** Add the nodes of another document, under free names; links that lead nowhere here are dropped. */
export function pasted(doc: Doc, other: Doc, by: Place = [40, 40]): [Doc, string[]] {
  const names: Record<string, string> = {};
  const taken: Record<string, unknown> = { ...doc.nodes };
  for (const id of Object.keys(other.nodes)) taken[(names[id] = freeName(taken, id))] = true;
  const [next, workflows] = allAdopted({ ...doc, nodes: { ...doc.nodes } }, other);
  const places: Record<string, Place> = {};
  for (const [id, node] of Object.entries(relinked(other, names).nodes)) {
    next.nodes[names[id]!] = node.workflow ? { ...node, workflow: workflows[node.workflow] ?? node.workflow } : node;
    const [x, y] = other.layout?.[id] ?? [0, 0];
    places[names[id]!] = [x + by[0], y + by[1]];
  }
  const ids = Object.values(names);
  return [moved(ids.reduce(dropLost, next), places), ids];
}

function dropLost(doc: Doc, id: string): Doc {
  return Object.entries(inputsOf(doc.nodes[id])).reduce((next, [name, value]) => {
    if (!isLink(value)) return next;
    const [source, output] = split(value);
    const leads = source === INPUTS ? doc.inputs?.[output] : doc.nodes[source];
    return leads ? next : setInput(next, id, name, undefined);
  }, doc);
}

/** Make a node's input an input of the whole workflow, with its value as default. */
export function promoted(doc: Doc, catalogue: Catalogue, id: string, name: string): Doc {
  const port = inputPort(doc, catalogue, id, name);
  if (!port || port.type === "json") return doc; // for which a document has no input
  const value = inputsOf(doc.nodes[id])[name];
  const key = freeName(doc.inputs ?? {}, name);
  const start = isLink(value) ? undefined : (value ?? port.default);
  const input: DocInput = {
    type: port.type,
    label: port.title,
    ...(port.choices && { choices: port.choices }),
    ...(start != null && { default: start as Json }),
  };
  const next = { ...doc, inputs: { ...doc.inputs, [key]: input } };
  return setInput(next, id, name, { from: `${INPUTS}.${key}` });
}

/** Without a workflow input; those who took from it get its value. */
export function demoted(doc: Doc, name: string): Doc {
  const value = doc.inputs?.[name]?.default;
  let next: Doc = { ...doc, inputs: without(doc.inputs ?? {}, name) };
  for (const wire of wires(doc)) {
    if (wire.source === INPUTS && wire.output === name) next = setInput(next, wire.target, wire.input, value);
  }
  return next;
}

/** A node's own input again, with the value that the form has; the form asks no more for what nobody takes. */
export function unasked(doc: Doc, id: string, name: string): Doc {
  const link = inputsOf(doc.nodes[id])[name];
  if (!isLink(link) || split(link)[0] !== INPUTS) return doc;
  const [, key] = split(link);
  const next = setInput(doc, id, name, doc.inputs?.[key]?.default);
  const isTaken = wires(next).some((wire) => wire.source === INPUTS && wire.output === key);
  return isTaken ? next : { ...next, inputs: without(next.inputs ?? {}, key) };
}

export function setDefault(doc: Doc, name: string, value: Json | undefined): Doc {
  const { default: _, ...rest } = doc.inputs![name]!;
  const input = value === undefined ? rest : { ...rest, default: value };
  return { ...doc, inputs: { ...doc.inputs, [name]: input } };
}
