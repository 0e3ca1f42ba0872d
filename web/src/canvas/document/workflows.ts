// A node that is a workflow: added, given another workflow, or replaced by the nodes inside.

import type { Catalogue, Doc, DocNode, Json, Link, Place } from "../types";
import { adopted, allAdopted } from "./definitions";
import { disconnected, moved, relinked, setInput } from "./edit";
import { framesPasted } from "./frames";
import { INPUTS, wires } from "./graph";
import { freeShift, placesOf, type Heights } from "./layout";
import { freeName } from "./names";
import { inputsOf, isLink, split } from "./read";
import { endsOf } from "./sockets";

const ROOM = 660; // for a card whose height is not known yet: those of tasks that draw are about as high

type Value = Json | Link | undefined;

/** A node that is this workflow. */
export function withWorkflow(doc: Doc, definition: Doc, wish: string, at: Place, inputs: DocNode["inputs"] = {}): [Doc, string] {
  const [next, workflow] = adopted(doc, definition, wish);
  const id = freeName(doc.nodes, wish);
  return [moved({ ...next, nodes: { ...next.nodes, [id]: { workflow, inputs } } }, { [id]: at }), id];
}

/** The node with another workflow; values and wires stay whose names that has, too. */
export function rebound(doc: Doc, catalogue: Catalogue, id: string, definition: Doc, wish: string): Doc {
  const [adoptedDoc, workflow] = adopted(doc, definition, wish);
  const { settled: _, ...node } = doc.nodes[id]!;
  const kept = Object.entries(inputsOf(node)).filter(([name]) => name in (definition.inputs ?? {}));
  const next = { ...adoptedDoc, nodes: { ...adoptedDoc.nodes, [id]: { ...node, workflow, inputs: Object.fromEntries(kept) } as DocNode } };
  const outputs = endsOf(definition, catalogue).map(([name]) => name);
  const lost = wires(next).filter(({ source, output }) => source === id && !outputs.includes(output));
  return lost.reduce((now, { target, input }) => disconnected(now, target, input), next);
}

/** What is settled inside a node that is a workflow; undefined leaves it open again. */
export function settle(doc: Doc, id: string, key: string, value: Json | undefined): Doc {
  const { settled = {}, ...node } = doc.nodes[id]!;
  const next = Object.entries({ ...settled, [key]: value }).filter(([, each]) => each !== undefined);
  const changed = next.length ? { ...node, settled: Object.fromEntries(next) } : node;
  return { ...doc, nodes: { ...doc.nodes, [id]: changed as DocNode } };
}

/** The nodes of the workflow in the place of the node that it is, and their names. */
export function unfolded(doc: Doc, catalogue: Catalogue, id: string, heights: Heights = {}): [Doc, string[]] {
  const node = doc.nodes[id]!;
  const definition = doc.workflows![node.workflow!]!;
  const names = namesFor(doc, definition, id);
  const { [id]: _, ...others } = doc.nodes;
  const [bare, workflows] = allAdopted({ ...doc, nodes: others }, definition);
  const [given, values] = valuesOf(bare, node, definition);
  const inner = Object.entries(relinked(definition, names).nodes).map(([name, each]): [string, DocNode] =>
    [names[name]!, nodeOf(each, values, settledOf(node, name), workflows, node.mode)]);
  const next = endsInPlace({ ...given, nodes: { ...given.nodes, ...Object.fromEntries(inner) } }, id, outputsOf(definition, catalogue, names, values));
  return [placed(next, doc, id, definition, names, heights), Object.values(names)];
}

function namesFor(doc: Doc, definition: Doc, id: string): Record<string, string> {
  const taken: Record<string, unknown> = { ...doc.nodes };
  delete taken[id];
  const names: Record<string, string> = {};
  for (const name of Object.keys(definition.nodes)) taken[(names[name] = freeName(taken, name))] = true;
  return names;
}

/** What stands for each input of the workflow: a value that is one list, or one random number, for several nodes becomes an input. */
function valuesOf(doc: Doc, node: DocNode, definition: Doc): [Doc, Record<string, Value>] {
  const values: Record<string, Value> = {};
  let next = doc;
  for (const [name, input] of Object.entries(definition.inputs ?? {})) {
    const value = (inputsOf(node)[name] ?? input.default ?? undefined) as Value;
    const takers = wires(definition).filter((wire) => wire.source === INPUTS && wire.output === name);
    const isShared = takers.length > 1 && (Array.isArray(value) || value === "random");
    values[name] = value;
    if (!isShared) continue;
    const key = freeName(next.inputs ?? {}, name);
    next = { ...next, inputs: { ...next.inputs, [key]: { ...input, default: value as Json } } };
    values[name] = { from: `${INPUTS}.${key}` };
  }
  return [next, values];
}

/** Of what is settled in a node what belongs to one node inside, by what follows its name. */
function settledOf(node: DocNode, name: string): [string, Json][] {
  return Object.entries(node.settled ?? {}).flatMap(([key, value]) =>
    (key.startsWith(`${name}.`) || key.startsWith(`${name}/`) ? [[key.slice(name.length), value] as [string, Json]] : []));
}

function nodeOf(node: DocNode, values: Record<string, Value>, settled: [string, Json][], workflows: Record<string, string>, mode: DocNode["mode"]): DocNode {
  const inputs = Object.entries(inputsOf(node)).flatMap(([name, value]) => {
    const [source, output] = isLink(value) ? split(value) : ["", ""];
    const given = source === INPUTS ? values[output] : value;
    return given === undefined ? [] : [[name, given] as const];
  });
  const own = settled.filter(([key]) => key.startsWith(".")).map(([key, value]) => [key.slice(1), value] as const);
  const within = { ...node.settled, ...Object.fromEntries(settled.filter(([key]) => key.startsWith("/")).map(([key, value]) => [key.slice(1), value])) };
  return {
    ...node,
    inputs: { ...Object.fromEntries(inputs), ...Object.fromEntries(own) },
    ...(node.workflow && { workflow: workflows[node.workflow] ?? node.workflow }),
    ...(Object.keys(within).length && { settled: within }),
    ...(mode === "mute" && { mode }),
  } as DocNode;
}

/** What each output of the workflow leads to, once its nodes stand in the document. */
function outputsOf(definition: Doc, catalogue: Catalogue, names: Record<string, string>, values: Record<string, Value>): Record<string, Value> {
  return Object.fromEntries(endsOf(definition, catalogue).map(([name, link]) => {
    const [source, output] = split(link);
    return [name, source === INPUTS ? values[output] : { from: `${names[source] ?? source}.${output}` }];
  }));
}

/** Whatever took from the node takes from what was inside. */
function endsInPlace(doc: Doc, id: string, outputs: Record<string, Value>): Doc {
  const lead = (value: Value): Value => (isLink(value) && split(value)[0] === id ? outputs[split(value)[1]] : value);
  let next = doc;
  for (const [name, node] of Object.entries(doc.nodes)) {
    for (const [key, value] of Object.entries(inputsOf(node))) if (lead(value) !== value) next = setInput(next, name, key, lead(value));
  }
  const ends = Object.entries(doc.outputs ?? {}).flatMap(([name, link]) => (isLink(lead(link)) ? [[name, lead(link) as Link] as const] : []));
  return doc.outputs ? { ...next, outputs: Object.fromEntries(ends) } : next;
}

/** The nodes come to lie where the card was, as they lay in their workflow, and on no other card. */
function placed(next: Doc, before: Doc, id: string, definition: Doc, names: Record<string, string>, heights: Heights): Doc {
  const inside = placesOf(definition);
  const own = Object.keys(names).map((name) => inside[name]!);
  const at = placesOf(before)[id]!;
  const from: Place = [Math.min(...own.map(([x]) => x)), Math.min(...own.map(([, y]) => y))];
  const group = own.map(([x, y]) => ({ place: [x - from[0] + at[0], y - from[1] + at[1]] as Place, height: ROOM }));
  const { [id]: _, ...layout } = next.layout ?? {};
  const others = { ...before, nodes: without(before.nodes, id), layout: without(before.layout ?? {}, id) };
  const [x, y] = freeShift(others, group, heights);
  const places = Object.fromEntries(Object.values(names).map((name, nth) => [name, [group[nth]!.place[0] + x, group[nth]!.place[1] + y] as Place]));
  return framesPasted(moved({ ...next, layout }, places), definition, [at[0] - from[0] + x, at[1] - from[1] + y]);
}

const without = <T>(from: Record<string, T>, name: string): Record<string, T> =>
  Object.fromEntries(Object.entries(from).filter(([key]) => key !== name));
