// Running: asks the server, follows what it tells, stops, and always knows the plan of the next run.

import { setInput } from "../document/edit";
import { signatureOf } from "../document/graph";
import { exact, fromJson, toJson } from "../document/json";
import { inputsOf, write } from "../document/read";
import type { Doc, NodeRun, PlanView, Run } from "../types";
import { reason } from "../../common/proxy";
import { keepOwn, keptOwn, prop, tell } from "./bridge";
import { gathered, now, withSeeds } from "./results";
import { doc, get, IDLE, notify, say, set } from "./store";

const PAUSE = 250; // milliseconds without a change before the server is asked for a plan
const SILENCE = 1500; // after the end of an event until its missing last word counts as a fault

const LOOK_AGAIN = 1500; // until a model that was loading is asked for again

const UNDER_WAY = "run"; // where this tab keeps what it has running

let isListening = false;
let goesOn = false; // whether a run that a reload broke off begins again with the first plan
let asked: ReturnType<typeof setTimeout> | undefined;

export const isRunning = (): boolean => get().run.state === "running";

/** Whether Run would go on with what was stopped, has failed, or waits for a choice that was made since. */
export function canContinue(): boolean {
  const { run, ran, history } = get();
  const isSame = signatureOf(ran.doc) === signatureOf(history.doc);
  if (run.state !== "choice") return isSame && (run.state === "stopped" || run.state === "failed");
  return !isSame && signatureOf(withoutChoices(ran.doc)) === signatureOf(withoutChoices(history.doc));
}

function withoutChoices(of: Doc): Doc {
  return Object.entries(of.nodes).reduce((next, [id, node]) => {
    const asks = get().catalogue.nodes[node.task]?.asks;
    return asks ? setInput(next, id, asks, undefined) : next;
  }, of);
}

/** Run, or go on from the cache: then with the numbers that random seeds became. */
export function execute(target: string | null = null): void {
  if (isRunning() || Object.keys(doc().nodes).length === 0) return;
  const seeds = canContinue() ? (get().run.seeds ?? {}) : {};
  const asked = withSeeds(doc(), seeds);
  isListening = true;
  const run: Run = { run: "", state: "running", nodes: {}, message: "Waiting for the model…", seeds };
  set({ run, ran: { doc: doc(), signatures: now(), target }, large: null });
  say("Run started.");
  tell("execute", { document: write(asked), target });
  keepUnderWay();
}

/** While something runs, what a reload takes to go on with it. */
function keepUnderWay(): void {
  const { run, ran } = get();
  keepOwn(UNDER_WAY, isRunning() ? toJson({ target: ran.target, seeds: run.seeds ?? {} }) : null);
}

/** A run that was under way when the page was left has stopped; after a reload it goes on by itself. */
export function recoverRun(): void {
  const left = keptOwn(UNDER_WAY);
  if (left === null || Object.keys(doc().nodes).length === 0) return;
  keepOwn(UNDER_WAY, null);
  const { target, seeds } = fromJson(left) as { target: string | null; seeds: NonNullable<Run["seeds"]> };
  const [page] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  goesOn = page?.type === "reload";
  const message = "The run stopped when the page was left; what was drawn is kept.";
  set({ run: { ...IDLE, state: "stopped", message, seeds }, ran: { doc: doc(), signatures: now(), target } });
}

function goOn(): void {
  goesOn = false;
  if (!canContinue()) return;
  execute(get().ran.target);
  notify("The run goes on where the reload broke it off.");
}

export function halt(): void {
  if (!isRunning()) return;
  tell("halt", {});
  isListening = false;
  const nodes = Object.fromEntries(Object.entries(get().run.nodes).map(([id, node]) => [id, stopped(node)]));
  const [id, rows] = Object.entries(nodes).find(([, node]) => node.state === "stopped") ?? [];
  const best = id === undefined ? 1 : inputsOf(get().ran.doc.nodes[id]).best_of;
  const rest = best === undefined || best === 1 ? "What is drawn is kept." : "Candidates are drawn anew.";
  const message = rows?.done ? `Stopped at row ${rows.done} of ${rows.total}. ${rest}` : "Stopped.";
  set({ run: { ...get().run, nodes, state: "stopped", message }, said: message });
  keepUnderWay();
  review();
}

function stopped(node: NodeRun): NodeRun {
  if (node.state === "running") return { ...node, state: "stopped" };
  return node.state === "queued" ? { ...node, state: "idle" } : node;
}

/** The server's view of the run, whole each time. */
export function receive(): void {
  const told = prop<Run>("run", IDLE);
  if (!isListening || !told.run) return;
  const seeds = Object.fromEntries(Object.entries(told.seeds ?? {}).map(([id, seed]) => [id, exact(seed)]));
  const run = { ...told, seeds: { ...get().run.seeds, ...seeds } };
  announce(run);
  const results = gathered({ ...get(), run }, changedIn(get().run.nodes, run.nodes));
  set({ run, results });
  keepUnderWay();
  if (run.state !== "running") {
    isListening = false;
    review();
  }
}

function changedIn(before: Run["nodes"], nodes: Run["nodes"]): Run["nodes"] {
  return Object.fromEntries(Object.entries(nodes).filter(([id, node]) => before[id]?.state !== node.state));
}

function announce(run: Run): void {
  const before = get().run.nodes;
  const ids = Object.keys(run.nodes);
  const begun = ids.find((id) => run.nodes[id]!.state === "running" && before[id]?.state !== "running");
  if (run.state !== "running") say(run.message ?? "Done.");
  else if (begun) say(`Running ${begun}, step ${ids.indexOf(begun) + 1} of ${ids.length}.`);
}

/** What waits in the queue says when it will be its turn. */
export function tellPlace(sentence: string): void {
  const { run } = get();
  if (isRunning() && !run.run) set({ run: { ...run, message: sentence } });
}

/** The event is over in whatever way; if the last view says otherwise, something broke on the way. */
export function ended(): void {
  const { run } = get();
  setTimeout(() => {
    if (get().run === run) broken("The studio stopped answering; what is drawn is kept. Try again.");
  }, SILENCE);
}

/** Nothing more will be heard of the run, if there is one. */
export function broken(otherwise: string): void {
  if (!isRunning()) return;
  isListening = false;
  const { run } = get();
  const nodes = Object.fromEntries(Object.entries(run.nodes).map(([id, node]) => [id, stopped(node)]));
  const message = reason(otherwise);
  set({ run: { ...run, nodes, state: "failed", message } });
  keepUnderWay();
  notify(message);
}

/** Ask for the plan of the document as it is, once it rests. */
export function review(): void {
  clearTimeout(asked);
  asked = setTimeout(() => {
    if (Object.keys(doc().nodes).length === 0) return set({ plan: null });
    tell("review", { document: write(doc()), of: signatureOf(doc()) });
  }, PAUSE);
}

export function receivePlan(): void {
  const plan = prop<PlanView | null>("plan", null);
  if (plan?.of !== signatureOf(doc())) return;
  set({ plan });
  if (plan.again) setTimeout(review, LOOK_AGAIN);
  else if (goesOn) goOn();
}

/** The plan if it is of the document as it is. */
export function planLine(state = get()): string {
  if (Object.keys(state.history.doc.nodes).length === 0) return "Nothing to run yet.";
  if (state.run.state === "running") return state.run.message ?? "Running…";
  const count = state.plan?.problems?.length ?? 0;
  if (count) return `${count} ${count === 1 ? "thing needs" : "things need"} attention before it can run.`;
  return state.plan?.line ?? "Working out what will run…";
}
