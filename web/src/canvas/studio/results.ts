// What nodes gave, now and before: states, the result that fits the inputs as they are, and bringing back inputs.

import { setDefault, setInput } from "../document/edit";
import { INPUTS, signatures } from "../document/graph";
import { inputsOf, isLink } from "../document/read";
import type { Doc, Json, Link, NodeRun, NodeState, Result } from "../types";
import { madeOf, resultIn, restored, type KeptRun } from "../document/runs";
import { settle } from "../document/workflows";
import { edit, get, say, set, type State } from "./store";

const MOST = 12; // results kept for each node

let known: { of: Doc; signatures: Record<string, string> } | null = null;

/** Signatures of the nodes as they are now; computed once for each document. */
export function now(state: State = get()): Record<string, string> {
  if (known?.of !== state.history.doc) known = { of: state.history.doc, signatures: signatures(state.history.doc) };
  return known.signatures;
}

/** Which of its results fits a node's inputs as they are; -1 if none does. */
export function fitting(state: State, id: string): number {
  const wanted = now(state)[id];
  return (state.results[id] ?? []).findLastIndex((result) => result.signature === wanted || result.again === wanted);
}

interface Left {
  results: State["results"];
  runs?: State["runs"];
}

const left = new WeakMap<Doc, Left>(); // of documents in whose place another one came

/** Another document takes this one's place: its nodes may have the same names, and show none of these pictures. */
export function replace(other: Doc): void {
  left.set(get().history.doc, { results: get().results, runs: get().runs });
  edit(() => other);
  const results = Object.entries(get().results).filter(([id]) => fitting(get(), id) >= 0);
  set({ results: Object.fromEntries(results), runs: [], heeded: [] });
}

/** Nodes that came under names which others may have had show none of their pictures; undo brings those back. */
export function beginAnew(before: Doc, ids: string[]): void {
  const isOwn = ([id]: [string, Result[]]) => !ids.includes(id) || fitting(get(), id) >= 0;
  const all = Object.entries(get().results);
  if (all.every(isOwn)) return;
  left.set(before, { results: get().results });
  set({ results: Object.fromEntries(all.filter(isOwn)) });
}

/** The document gives the same as it did before, though more in it has changed: its results still fit. */
export function keepFitting(before: Doc): void {
  const { results, runs } = get();
  const [then, after] = [signatures(before), now()];
  left.set(before, { results, runs });
  const moved = (id: string, result: Result): Result => {
    const [was, is] = [then[id], after[id]];
    if (is === undefined || (result.signature !== was && result.again !== was)) return result;
    const made = result.again === was ? madeOf(get().history.doc, id) : {};
    return { ...result, ...made, signature: result.signature === was ? is : result.signature, again: result.again === was ? is : result.again };
  };
  const all = Object.entries(results).map(([id, found]) => [id, found.map((result) => moved(id, result))]);
  set({ results: Object.fromEntries(all) });
}

/** The results and runs of a document that undo or redo comes back to. */
export function recalled(to: Doc): Pick<State, "results" | "runs"> {
  const { history, results, runs } = get();
  const there = left.get(to);
  if (there) left.set(history.doc, { results, runs });
  return { results, runs, ...there };
}

/** The result to show in a node: the one that fits, else the latest. */
export function shown(state: State, id: string): Result | undefined {
  const all = state.results[id] ?? [];
  return all[fitting(state, id)] ?? all.at(-1);
}

/** What the running or last run says about a node, unless its inputs were changed since. */
export function live(state: State, id: string): NodeRun | undefined {
  const isCurrent = state.run.state === "running" || state.ran.signatures[id] === now(state)[id];
  return isCurrent ? state.run.nodes[id] : undefined;
}

/** What a node shows: what its run has made so far, else its result. */
export function seen(state: State, id: string): NodeRun | undefined {
  const running = live(state, id);
  return running?.pictures?.length || running?.text !== undefined ? running : shown(state, id);
}

export function stateOf(state: State, id: string): NodeState {
  const said = live(state, id)?.state;
  if (said && said !== "idle") return said;
  if (fitting(state, id) >= 0) return "done";
  return state.results[id]?.length ? "stale" : "idle";
}

/** Keep what a run has given so far; a result that was there already takes its old place's inputs. */
export function gathered(state: State, nodes: Record<string, NodeRun>): State["results"] {
  let results = state.results;
  for (const [id, run] of Object.entries(nodes)) {
    if (run.state !== "done" && run.state !== "cached") continue;
    const result = resultOf({ ...state, results }, id, run);
    const before = (results[id] ?? []).filter((other) => other.again !== result.again);
    results = { ...results, [id]: [...before, result].slice(-MOST) };
  }
  return results;
}

function resultOf(state: State, id: string, run: NodeRun): Result {
  const { doc: ran, signatures: then } = state.ran;
  const seeded = withSeeds(ran, state.run.seeds);
  return { ...run, signature: then[id] ?? "", again: signatures(seeded)[id] ?? "", ...madeOf(seeded, id) };
}

/** The document with the numbers that its random seeds became, by inputs.NAME, NODE.INPUT or NODE/INNER.INPUT. */
export function withSeeds(to: Doc, seeds: Record<string, Json> = {}): Doc {
  return Object.entries(seeds).reduce((next, [name, seed]) => {
    const [, id = "", within, key = ""] = name.match(/^([^./]+)([./])(.+)$/) ?? [];
    const node = next.nodes[id];
    if (id === INPUTS) return key in (next.inputs ?? {}) && isRandom(next.inputs![key]!.default) ? setDefault(next, key, seed) : next;
    if (!node) return next;
    if (within === "/") return isRandom(node.settled?.[key]) ? settle(next, id, key, seed) : next;
    return isRandom(inputsOf(node)[key]) ? setInput(next, id, key, seed) : next;
  }, to);
}

const isRandom = (seed: Json | Link | undefined): boolean =>
  seed === undefined || seed === "random" || (Array.isArray(seed) && seed.includes("random"));

function withInputs(to: Doc, { made, settled = {} }: Result): Doc {
  const nodes = Object.entries(to.nodes).map(([id, node]) => {
    const kept = Object.entries(made[id] ?? {}).filter(([, value]) => !isLink(value) || leads(to, value));
    if (!made[id]) return [id, node];
    const { settled: _, ...rest } = node;
    return [id, { ...rest, inputs: Object.fromEntries(kept), ...(node.workflow && settled[id] && { settled: settled[id] }) }];
  });
  return { ...to, nodes: Object.fromEntries(nodes) };
}

const leads = (to: Doc, link: Link) => {
  const source = link.from.split(".")[0]!;
  return source === "inputs" || source in to.nodes;
};

/** Go to another result of a node, and bring back the inputs that made it. */
export function browse(id: string, by: number): void {
  const all = get().results[id] ?? [];
  const at = fitting(get(), id) < 0 ? all.length - 1 : fitting(get(), id);
  const to = Math.min(Math.max(0, at + by), all.length - 1);
  const result = all[to];
  if (!result) return;
  edit((current) => withInputs(current, result));
  say(`Result ${to + 1} of ${all.length} of ${id}, with the inputs that made it.`);
}

/** The values of a run again, with what it gave; undo leads back. */
export function restoreRun(run: KeptRun): void {
  const found = Object.keys(run.nodes).map((id): [string, Result[]] => {
    const [all, result] = [get().results[id] ?? [], resultIn(run, id)];
    return [id, all.some(({ again }) => again === result.again) ? all : [...all, result].slice(-MOST)];
  });
  set({ results: { ...get().results, ...Object.fromEntries(found) } });
  edit((current) => restored(current, run));
  say("The values and results of that run are back.");
}

export function position(state: State, id: string): { at: number; of: number } {
  const of = state.results[id]?.length ?? 0;
  const at = fitting(state, id);
  return { at: at < 0 ? of - 1 : at, of };
}

/** A picture that is no longer there takes its result along: files of earlier days are deleted. */
export function forget(id: string, url: string): void {
  const { results } = get();
  const left = (results[id] ?? []).filter((result) => !result.pictures?.some((picture) => picture.url === url));
  if (left.length !== results[id]?.length) set({ results: { ...results, [id]: left } });
}
