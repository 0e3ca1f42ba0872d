// The lists that open at a place: the palette, what a wire can go on to, and the menus of nodes and sockets.

import { INPUTS, RESULTS, wires } from "../document/graph";
import { inputsOf, isLink } from "../document/read";
import { fits, givers, inputPort, outputPort, portsOf, refusal, takers, taskOf } from "../document/sockets";
import { COLOURS, frameId, reframed } from "../document/frames";
import { withoutUnused } from "../document/definitions";
import type { Doc, DocInput, Place, Port, Wire } from "../types";
import * as acts from "./acts";
import { pickFile, savedWorkflows, workflowIn } from "./files";
import { ALSO } from "./matching";
import { browse } from "./results";
import { execute } from "./running";
import { doc, edit, get, set, type Choice } from "./store";
import * as edits from "../document/edit";

type Point = { x: number; y: number };

const INPUT_TYPES: [DocInput["type"], string][] = [
  ["text", "Text"],
  ["image", "Picture"],
  ["integer", "Whole number"],
  ["number", "Number"],
];
const GROUPS: Record<string, string> = { draw: "Draw", tools: "Tools" };

const show = (title: string, at: Point, choices: Choice[], empty = "Nothing fits here.") =>
  set({ chooser: { title, at, choices, empty } });

/** Every kind of node, to be put at a place of the document (or into the middle of the window). */
export function palette(at: Point, place: Place | null = null): void {
  const { catalogue } = get();
  const tasks = Object.entries(catalogue.nodes).filter(([, task]) => task.available);
  const nodes = tasks.map(([name, task]) => ({
    key: name,
    title: task.title,
    hint: task.docs.split("\n")[0] ?? "",
    group: GROUPS[task.group] ?? task.group,
    also: ALSO[name] ?? "",
    ...typeOf(Object.values(task.outputs)[0]),
    run: () => acts.add(name, place),
  }));
  const own = savedChoices((definition, wish) => acts.addWorkflow(definition, wish, place));
  show("Add a node", at, [...nodes, workflowChoice(at, place), ...own, ...inputChoices(), ...frameChoice(place)]);
}

function workflowChoice(at: Point, place: Place | null): Choice {
  const hint = "Of this document, a saved one, a template, or a file; it shows its inputs and results.";
  return { key: "workflow", title: "A workflow as a node…", hint, group: "Workflows", also: "group subgraph blueprint", run: () => workflows("A workflow as a node", at, (definition, wish) => acts.addWorkflow(definition, wish, place)) };
}

/** The workflows that were saved in this browser, each to be taken as a node. */
function savedChoices(take: (definition: Doc, wish: string) => void): Choice[] {
  return savedWorkflows().map(({ title, text }) => (
    { key: `saved ${title}`, title, hint: "Saved in this browser.", group: "Your workflows", also: "workflow own", run: () => void workflowIn(text, (definition) => take(definition, title)) }));
}

/** Workflows to take as a node: those that are nodes here already, saved ones, templates, or a file. */
function workflows(title: string, at: Point, take: (definition: Doc, wish: string) => void): void {
  const own = Object.entries(withoutUnused(doc()).workflows ?? {}).map(([name, definition]): Choice => (
    { key: name, title: definition.title || name, hint: name, group: "In this workflow", run: () => take(definition, name) }));
  const templates = get().templates.map((each): Choice => (
    { key: each.name, title: each.title, group: "Templates", run: () => void workflowIn(each.text, (definition) => take(definition, each.title)) }));
  const file = { key: "file", title: "From a file…", hint: "JSON, or a picture that was made here.", group: "File", also: "open upload png json", run: () => pickFile(take) };
  show(title, at, [...own, ...savedChoices(take), ...templates, file]);
}

function frameChoice(place: Place | null): Choice[] {
  const count = get().selected.filter((id) => id in doc().nodes).length;
  const title = count ? `Frame around ${count === 1 ? "the selected node" : `the ${count} selected nodes`}` : "Frame";
  const hint = "A titled rectangle behind nodes, which moves them along.";
  const choice = { key: "frame", title, hint, group: "Tools", also: "group box region section", run: () => acts.frame(place) };
  return get().view === "canvas" ? [choice] : [];
}

/** Everything that can be done with a frame. */
export function forFrame(name: string, at: Point): void {
  const id = frameId(name);
  const change = (colour: (typeof COLOURS)[number]) => edit((current) => reframed(current, name, { colour }));
  show("This frame", at, [
    ...COLOURS.map((colour) => ({ key: colour, title: `Colour: ${colour}`, group: "Colour", run: () => change(colour) })),
    { key: "hug", title: "Fit to its nodes", group: "Frame", run: () => acts.hug(name) },
    { key: "double", title: "Duplicate with its nodes", group: "Frame", run: () => acts.duplicate([id]) },
    { key: "remove", title: "Remove the frame", hint: "Its nodes stay.", group: "Frame", run: () => acts.remove([id]) },
  ]);
}

const typeOf = (port: Port | undefined) => (port ? { type: port.type } : {});

function inputChoices(): Choice[] {
  return INPUT_TYPES.map(([type, word]) => ({
    key: `input ${type}`,
    title: `Input: ${word.toLowerCase()}`,
    hint: "Filled in whenever the workflow is run.",
    group: "Inputs",
    type,
    run: () => acts.addInput(type),
  }));
}

/** A wire from an output that ended on empty space: only nodes that take it, already wired. */
export function afterOutput(source: string, output: string, at: Point, place: Place | null): void {
  const { catalogue } = get();
  const given = outputPort(doc(), catalogue, source, output);
  const found = given ? takers(catalogue, given) : [];
  const choices = found.map(([task, input]) =>
    nodeChoice(task, () => acts.add(task, place, (id) => ({ source, output, target: id, input }))),
  );
  choices.push(...ownTakers(given, (definition, wish, input) => acts.addWorkflow(definition, wish, place, (id) => ({ source, output, target: id, input }))));
  if (source !== INPUTS) {
    choices.push({ key: "result", title: "A result of the workflow", group: "Results", run: () => acts.showResult(source, output) });
  }
  show("Go on with", at, choices, "No node takes this.");
}

/** A wire from an input that ended on empty space: only nodes that give it, already wired. */
export function beforeInput(target: string, input: string, at: Point, place: Place | null): void {
  show("Take it from", at, newSources(target, input, place), "No node gives this.");
}

function newSources(target: string, input: string, place: Place | null): Choice[] {
  const { catalogue } = get();
  const wanted = inputPort(doc(), catalogue, target, input);
  if (!wanted || wanted.link === false) return [];
  const nodes = givers(catalogue, wanted).map(([task, output]) =>
    nodeChoice(task, () => acts.add(task, place, (id) => ({ source: id, output, target, input }))),
  );
  const own = { key: "own input", title: "A new input of the workflow", group: "Inputs", type: wanted.type };
  return [...nodes, { ...own, run: () => acts.promote(target, input) }];
}

type Take = (definition: Doc, wish: string, port: string) => void;

/** Workflows that are nodes here and take the output, each by its first input that does. */
function ownTakers(given: Port | undefined, take: Take): Choice[] {
  return Object.entries(withoutUnused(doc()).workflows ?? {}).flatMap(([name, definition]) => {
    const task = taskOf(doc(), get().catalogue, { workflow: name })!;
    const [input, port] = Object.entries(task.inputs).find(([, each]) => given && fits(get().catalogue, given, each)) ?? [];
    return input && port ? [{ key: name, title: `New: ${task.title}`, hint: port.title, group: "Workflows", run: () => take(definition, name, input) }] : [];
  });
}

function nodeChoice(task: string, run: () => void): Choice {
  const found = get().catalogue.nodes[task]!;
  return { key: task, title: `New: ${found.title}`, hint: found.docs.split("\n")[0] ?? "", group: "New node", also: ALSO[task] ?? "", run };
}

/** What an input can be given: what is here already, new nodes, several values, or nothing. */
export function forInput(target: string, input: string, at: Point): void {
  const now = inputsOf(doc().nodes[target])[input];
  const choices = existing((wire) => ({ ...wire, target, input }), outputs());
  if (isLink(now)) {
    choices.unshift({ key: "unlink", title: `Remove the wire from ${now.from}`, run: () => acts.unwire(target, input) });
  }
  choices.push(...newSources(target, input, null), ...severalChoice(target, input));
  show("Take it from", at, choices);
}

function severalChoice(target: string, input: string): Choice[] {
  const wanted = inputPort(doc(), get().catalogue, target, input);
  const now = inputsOf(doc().nodes[target])[input];
  if (!wanted || wanted.many || isLink(now) || wanted.type === "image" || wanted.type === "json") return [];
  const isList = Array.isArray(now);
  const value = isList ? now[0] : now === undefined ? [] : [now];
  return [
    {
      key: "several",
      title: isList ? "One value" : "Several values",
      hint: isList ? "Keeps the first one." : "The node runs once for each, and shows all its pictures.",
      group: "Values",
      run: () => acts.setValue(target, input, value),
    },
  ];
}

/** Where an output can go: inputs that take it, new nodes, or the results. */
export function forOutput(source: string, output: string, at: Point): void {
  const given = outputPort(doc(), get().catalogue, source, output);
  const found = given ? takers(get().catalogue, given) : [];
  const choices = existing((wire) => ({ ...wire, source, output }), inputs());
  choices.push(
    ...found.map(([task, input]) =>
      nodeChoice(task, () => acts.add(task, null, (id) => ({ source, output, target: id, input }))),
    ),
  );
  choices.push(...ownTakers(given, (definition, wish, input) => acts.addWorkflow(definition, wish, null, (id) => ({ source, output, target: id, input }))));
  const isShown = wires(doc()).some((wire) => wire.target === RESULTS && wire.source === source && wire.output === output);
  if (source !== INPUTS && !isShown) {
    choices.push({ key: "result", title: "A result of the workflow", group: "Results", run: () => acts.showResult(source, output) });
  }
  show("Give it to", at, choices);
}

function existing(fill: (part: Wire) => Wire, ends: [string, string, string][]): Choice[] {
  const made = ends.map(([node, port, title]) => ({ wire: fill({ source: node, output: port, target: node, input: port }), node, port, title }));
  return made
    .filter(({ wire }) => refusal(doc(), get().catalogue, wire) === null)
    .map(({ wire, node, port, title }) => ({
      key: `${node}.${port}`,
      title: node === INPUTS ? `Input “${title}”` : `${node} · ${title}`,
      group: "In this workflow",
      run: () => void acts.wire(wire),
    }));
}

function outputs(): [string, string, string][] {
  const inputs = Object.entries(doc().inputs ?? {}).map(([name, input]) => [INPUTS, name, input.label || name]);
  return [...inputs, ...ports("outputs")] as [string, string, string][];
}

const inputs = () => ports("inputs");

function ports(side: "inputs" | "outputs"): [string, string, string][] {
  const { catalogue } = get();
  return Object.entries(doc().nodes).flatMap(([id, node]) =>
    Object.entries(side === "inputs" ? portsOf(doc(), catalogue, node) : (taskOf(doc(), catalogue, node)?.outputs ?? {}))
      .filter(([, port]) => port.link !== false)
      .map(([name, port]) => [id, name, port.title || name] as [string, string, string]),
  );
}

/** Everything that can be done with a node. */
export function forNode(id: string, at: Point): void {
  const node = doc().nodes[id];
  if (!node) return;
  const many = get().selected.includes(id) ? get().selected : [id];
  const item = (key: string, title: string, run: () => void, hint = ""): Choice => ({ key, title, run, hint });
  const choices = [
    item("run", "Run to here", () => execute(id), "Shift+Enter"),
    item("double", "Duplicate", () => acts.duplicate(many), "Ctrl+D"),
    item("bypass", node.mode === "bypass" ? "Stop bypassing" : "Bypass", () => acts.mode(many, "bypass"), "B"),
    item("mute", node.mode === "mute" ? "Unmute" : "Mute", () => acts.mode(many, "mute"), "M"),
    ...(get().view === "canvas" ? [item("frame", many.length > 1 ? "Frame around these" : "Frame around it", () => acts.frame(null, many), "G")] : []),
    ...(node.workflow ? ofWorkflow(id, at) : []),
    item("rename", "Rename…", () => set({ selected: [id], dialog: "rename" })),
    item("remove", "Delete", () => acts.remove(many), "Del"),
  ];
  if ((get().results[id]?.length ?? 0) > 1) choices.splice(1, 0, item("back", "Previous result", () => browse(id, -1)));
  show(id, at, choices);
}

function ofWorkflow(id: string, at: Point): Choice[] {
  const unfold = { key: "unfold", title: "Unfold", hint: "Its nodes take its place.", run: () => acts.unfold(id) };
  const replace = { key: "replace", title: "Replace its workflow…", hint: "Wires stay whose names it has, too.", run: () =>
    workflows("Another workflow", at, (definition, wish) => acts.rebind(id, definition, wish)) };
  return doc().workflows?.[doc().nodes[id]!.workflow!] ? [unfold, replace] : [replace];
}

/** Wires from `source` that could go to a card as a whole: its first input that is free and takes it. */
export function intoCard(source: string, output: string, target: string): void {
  const given = outputPort(doc(), get().catalogue, source, output);
  const all = Object.entries(portsOf(doc(), get().catalogue, doc().nodes[target]));
  const names = all.filter(([, port]) => given && fits(get().catalogue, given, port));
  const free = names.find(([name, port]) => !port.advanced && !isLink(inputsOf(doc().nodes[target])[name])) ?? names[0];
  if (target === RESULTS) return acts.showResult(source, output);
  acts.wire({ source, output, target, input: (free ?? all[0])?.[0] ?? "" });
}

export function removeInput(name: string): void {
  edit((current) => edits.demoted(current, name));
}
