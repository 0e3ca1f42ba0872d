// Which wires fit: every socket has a type with a letter, a colour and a word, and a reason to refuse.

import type { Catalogue, Doc, DocNode, Link, Port, SocketType, TaskInfo, Wire } from "../types";
import { circle, INPUTS, order, RESULTS, wires } from "./graph";
import { inputsOf, isLink, split } from "./read";

const WORDS: Record<SocketType, string> = {
  image: "a picture",
  text: "text",
  integer: "a whole number",
  number: "a number",
  boolean: "yes or no",
  choice: "a choice",
  json: "a list",
};

export function letterOf(catalogue: Catalogue, type: SocketType): string {
  return catalogue.types[type]?.letter ?? "·";
}

export function outputPort(doc: Doc, catalogue: Catalogue, node: string, output: string): Port | undefined {
  if (node === INPUTS) {
    const input = doc.inputs?.[output];
    return input && portOfInput(doc, output);
  }
  return taskOf(doc, catalogue, doc.nodes[node])?.outputs[output];
}

const made = new WeakMap<Doc, { catalogue: Catalogue; task: TaskInfo }>();

/** What a node takes and gives: its task, or what the inputs and outputs of its workflow make of that. */
export function taskOf(doc: Doc, catalogue: Catalogue, node: DocNode | undefined): TaskInfo | undefined {
  if (!node?.workflow) return catalogue.nodes[node?.task ?? ""];
  const definition = doc.workflows?.[node.workflow];
  if (!definition) return undefined;
  const known = made.get(definition);
  if (known?.catalogue === catalogue) return known.task;
  const task = taskOfWorkflow(definition, catalogue, node.workflow);
  made.set(definition, { catalogue, task });
  return task;
}

function taskOfWorkflow(definition: Doc, catalogue: Catalogue, name: string): TaskInfo {
  const inputs = Object.keys(definition.inputs ?? {}).map((input) => [input, portWithin(definition, catalogue, input)]);
  const outputs = endsOf(definition, catalogue).flatMap(([output, link]) => {
    const port = outputPort(definition, catalogue, ...split(link));
    return port ? [[output, { ...port, title: titled(output) }]] : [];
  });
  const count = Object.keys(definition.nodes).length;
  return {
    title: definition.title || titled(name), docs: `A workflow of ${count} ${count === 1 ? "node" : "nodes"}.`, group: "workflows", available: true, asks: null,
    inputs: Object.fromEntries(inputs), outputs: Object.fromEntries(outputs),
  };
}

/** An input of a workflow as one of the node that it is: with what the first node inside that takes it says of it. */
function portWithin(definition: Doc, catalogue: Catalogue, name: string): Port {
  const taker = wires(definition).find(({ source, output, target }) => source === INPUTS && output === name && target !== RESULTS);
  const { words, limits } = (taker && inputPort(definition, catalogue, taker.target, taker.input)) ?? {};
  const start = definition.inputs![name]!.default ?? null;
  return { ...(words && { words }), ...(limits && { limits }), ...portOfInput(definition, name), default: start, required: start === null };
}

const MOST_ENDS = 64; // as many as a document could name as its outputs

/** What a workflow gives by name: its outputs, or those of the nodes that no other takes from. */
export function endsOf(doc: Doc, catalogue: Catalogue): [string, Link][] {
  const named = Object.entries(doc.outputs ?? {});
  if (named.length) return named;
  const taken = new Set(wires(doc).map(({ source }) => source));
  const outputs = (id: string) => Object.keys(taskOf(doc, catalogue, doc.nodes[id])?.outputs ?? {});
  const ends = order(doc).filter((id) => !taken.has(id) && outputs(id).length);
  return ends.flatMap((id) => outputs(id).map((output): [string, Link] =>
    [ends.length === 1 ? output : `${id}_${output}`, { from: `${id}.${output}` }])).slice(0, MOST_ENDS);
}

const titled = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1).replaceAll("_", " ");

/** An input of the workflow, as the thing to fill in that it is in a form. */
export function portOfInput(doc: Doc, name: string): Port {
  const { type, label, description, choices } = doc.inputs![name]!;
  return { type, title: label || name, docs: description ?? "", ...(choices && { choices }) };
}

const SLOT = /\{([a-z][a-z0-9_]*)\}/g;
const NO_PORTS: Record<string, Port> = {};

/** The inputs of a node: its task's, and a text for each {name} in its template. */
export const portsOf = (doc: Doc, catalogue: Catalogue, node: DocNode | undefined): Record<string, Port> =>
  portsFor(taskOf(doc, catalogue, node), node);

/** The same of a node whose task is known already. */
export function portsFor(task: TaskInfo | undefined, node: DocNode | undefined): Record<string, Port> {
  if (!task) return NO_PORTS;
  const template = task.slots ? inputsOf(node)[task.slots] : undefined;
  if (template === undefined || isLink(template)) return task.inputs;
  const found: Record<string, Port> = { ...task.inputs };
  for (const [, name] of [template].flat().join(" ").matchAll(SLOT)) {
    found[name!] ??= { type: "text", title: name!, required: true };
  }
  return found;
}

export function inputPort(doc: Doc, catalogue: Catalogue, node: string, input: string): Port | undefined {
  return portsOf(doc, catalogue, doc.nodes[node])[input];
}

/** Whether what an output gives can be used where `wanted` is asked for. */
export function fits(catalogue: Catalogue, given: Port, wanted: Port): boolean {
  return wanted.link !== false && (catalogue.types[given.type]?.fits ?? []).includes(wanted.type);
}

/** Why this wire cannot be, in one sentence for a person; null if it can. */
export function refusal(doc: Doc, catalogue: Catalogue, wire: Wire): string | null {
  const given = outputPort(doc, catalogue, wire.source, wire.output);
  if (!given) return "This task is not known here, so nothing can be taken from it.";
  if (wire.source === wire.target) return "A node cannot feed itself.";
  if (wire.target === RESULTS) return wire.source === INPUTS ? "A result comes from a node, not from an input." : null;
  const wanted = inputPort(doc, catalogue, wire.target, wire.input);
  if (!wanted) return "This task is not known here, so nothing can be given to it.";
  if (!fits(catalogue, given, wanted)) return mismatch(given, wanted);
  const path = circle(doc, wire.source, wire.target);
  return path && `This would make a circle: ${[wire.source, ...path].join(" → ")}.`;
}

function mismatch(given: Port, wanted: Port): string {
  if (wanted.link === false) return `“${wanted.title}” is written here and takes no wire.`;
  return `“${wanted.title}” takes ${WORDS[wanted.type]}, not ${WORDS[given.type]}.`;
}

/** Tasks with an input that takes the output, each with the first such input. */
export function takers(catalogue: Catalogue, given: Port): [string, string][] {
  return pairs(catalogue, (name) => firstFit(Object.entries(catalogue.nodes[name]!.inputs), (port) => fits(catalogue, given, port)));
}

/** Tasks with an output that the input takes, each with the first such output. */
export function givers(catalogue: Catalogue, wanted: Port): [string, string][] {
  return pairs(catalogue, (name) => firstFit(Object.entries(catalogue.nodes[name]!.outputs), (port) => fits(catalogue, port, wanted)));
}

function pairs(catalogue: Catalogue, find: (task: string) => string | undefined): [string, string][] {
  return Object.keys(catalogue.nodes).filter((task) => catalogue.nodes[task]!.available).flatMap((task) => {
    const port = find(task);
    return port === undefined ? [] : [[task, port] as [string, string]];
  });
}

function firstFit(ports: [string, Port][], does: (port: Port) => boolean): string | undefined {
  const fitting = ports.filter(([, port]) => does(port));
  return (fitting.find(([, port]) => !port.advanced) ?? fitting[0])?.[0];
}
