// Which wires fit: every socket has a type with a letter, a colour and a word, and a reason to refuse.

import type { Catalogue, Doc, DocNode, Port, SocketType, Wire } from "../types";
import { circle, INPUTS, RESULTS } from "./graph";
import { inputsOf, isLink } from "./read";

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
  return catalogue.nodes[doc.nodes[node]?.task ?? ""]?.outputs[output];
}

/** An input of the workflow, as the thing to fill in that it is in a form. */
export function portOfInput(doc: Doc, name: string): Port {
  const { type, label, description, choices } = doc.inputs![name]!;
  return { type, title: label || name, docs: description ?? "", ...(choices && { choices }) };
}

const SLOT = /\{([a-z][a-z0-9_]*)\}/g;
const NO_PORTS: Record<string, Port> = {};

/** The inputs of a node: its task's, and a text for each {name} in its template. */
export function portsOf(catalogue: Catalogue, node: DocNode | undefined): Record<string, Port> {
  const task = catalogue.nodes[node?.task ?? ""];
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
  return portsOf(catalogue, doc.nodes[node])[input];
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
