// Running: asks the server, follows what it tells, stops, and always knows the plan of the next run.

import { setInput } from "../document/edit";
import { signatureOf } from "../document/graph";
import { exact, fromJson, toJson } from "../document/json";
import { inputsOf, write } from "../document/read";
import { withRun } from "../document/runs";
import type { Doc, Json, NodeRun, PlanView, Run } from "../types";
import { reason } from "../../common/proxy";
import { keepOwn, keptOwn, prop, tell } from "./bridge";
import { bringAgain } from "./pictures";
import { gathered, now, withSeeds } from "./results";
import { doc, get, heed, IDLE, holdsNothing, notify, say, set } from "./store";

const PAUSE = 250; // milliseconds without a change before the server is asked for a plan
const SILENCE = 1500; // after the end of an event until its missing last word counts as a fault

const LOOK_AGAIN = 1500; // until a model that was loading is asked for again

const UNDER_WAY = "run"; // where this tab keeps what it has running, or has stopped

const MOST_ROWS = 1_500_000; // characters of rows that are kept so

let isListening = false;
let goesOn = false; // whether a run that a reload broke off begins again with the first plan
let asked: ReturnType<typeof setTimeout> | undefined;
let areAllThere = false; // pictures, as the latest plan says
const returned = new Set<string>(); // names of pictures that this page has brought again, once

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
    if (node.workflow) return { ...next, nodes: { ...next.nodes, [id]: { ...node, settled: {} } } };
    const asks = get().catalogue.nodes[node.task ?? ""]?.asks;
    return asks ? setInput(next, id, asks, undefined) : next;
  }, of);
}

/** Run, or go on from the cache: then with the numbers that random seeds became. */
export function execute(target: string | null = null): void {
  if (isRunning() || holdsNothing()) return;
  const { seeds = {}, drawn = {} } = canContinue() ? get().run : {};
  const asked = withSeeds(doc(), seeds);
  isListening = true;
  const run: Run = { run: "", state: "running", nodes: {}, message: "Waiting for the model…", seeds, drawn };
  set({ run, ran: { doc: doc(), signatures: now(), target }, large: null });
  heed("");
  say("Run started.");
  keepUnderWay();
  void begin({ document: write(asked), target, drawn });
}

/** A studio that has not said that it has all pictures of this visitor gets them first. */
async function begin(run: { document: string; target: string | null; drawn: NonNullable<Run["drawn"]> }): Promise<void> {
  const names = areAllThere ? null : run.document.match(/sha256:[0-9a-f]{64}/g);
  if (names) await bringAgain(names);
  if (isListening) tell("execute", run);
}

interface Left {
  target: string | null;
  stopped: string; // what was said of it; empty while it ran
  seeds: NonNullable<Run["seeds"]>;
  drawn: NonNullable<Run["drawn"]>;
}

/** Of what runs, or was stopped, all that it takes to go on with it after a reload, even in a studio that knows nothing of it. */
function keepUnderWay(): void {
  const { run, ran } = get();
  if (!isRunning() && run.state !== "stopped") return keepOwn(UNDER_WAY, null);
  const stopped = isRunning() ? "" : (run.message ?? "");
  const left: Left = { target: ran.target, stopped, seeds: run.seeds ?? {}, drawn: run.drawn ?? {} };
  const text = toJson(left as unknown as Json);
  keepOwn(UNDER_WAY, text.length > MOST_ROWS ? toJson({ ...left, drawn: {} } as unknown as Json) : text);
}

/** A run that was under way when the page was left has stopped; after a reload it goes on by itself. */
export function recoverRun(): void {
  const left = keptOwn(UNDER_WAY);
  if (left === null || holdsNothing()) return;
  const { target, stopped, seeds, drawn } = fromJson(left) as unknown as Left;
  const [page] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  goesOn = !stopped && page?.type === "reload";
  const message = stopped || "The run stopped when the page was left; what was drawn is kept.";
  set({ run: { ...IDLE, state: "stopped", message, seeds, drawn }, ran: { doc: doc(), signatures: now(), target } });
  keepUnderWay();
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
  stop("");
}

/** The run is over, before its end; what is there of it stays, and Continue goes on with it. */
function stop(why: string): void {
  isListening = false;
  const nodes = Object.fromEntries(Object.entries(get().run.nodes).map(([id, node]) => [id, stopped(node)]));
  const [id, rows] = Object.entries(nodes).find(([, node]) => node.state === "stopped") ?? [];
  const best = id === undefined ? 1 : inputsOf(get().ran.doc.nodes[id]).best_of;
  const rest = best === undefined || best === 1 ? "What is drawn is kept." : "Candidates are drawn anew.";
  const message = (rows?.done ? `Stopped at row ${rows.done} of ${rows.total}. ${rest}` : "Stopped.") + why;
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
  const before = get().run;
  const run = { ...told, seeds: { ...before.seeds, ...seeds }, drawn: { ...before.drawn, ...told.drawn } };
  announce(run);
  const results = gathered({ ...get(), run }, changedIn(before.nodes, run.nodes));
  set({ run, results });
  keepUnderWay();
  if (run.state !== "running") {
    isListening = false;
    if (run.state === "done") set({ runs: withRun(get().runs, withSeeds(get().ran.doc, run.seeds), run.nodes, get().catalogue) });
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

/** The studio is gone; of a run that had begun, all it takes to go on is here. */
export function lost(): void {
  areAllThere = false;
  if (!isRunning()) return;
  if (get().run.run) stop(" The studio was lost; Continue goes on once it is back.");
  else broken("The studio was lost before the run began. Try again once it answers.");
}

/** Nothing more will be heard of the run, if there is one. */
function broken(otherwise: string): void {
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
    if (holdsNothing()) return set({ plan: null });
    tell("review", { document: write(doc()), of: signatureOf(doc()) });
  }, PAUSE);
}

export function receivePlan(): void {
  const plan = prop<PlanView | null>("plan", null);
  if (plan?.of !== signatureOf(doc())) return;
  set({ plan });
  areAllThere = !plan.missing?.length;
  if (plan.again) return void setTimeout(review, LOOK_AGAIN);
  if (plan.missing?.length) return void returnPictures(plan.missing);
  returned.clear();
  if (goesOn) goOn();
}

/** A studio that was restarted gets pictures again that this browser has kept; then the plan is another. */
async function returnPictures(names: string[]): Promise<void> {
  const wanted = names.filter((name) => !returned.has(name));
  wanted.forEach((name) => returned.add(name));
  if (wanted.length && (await bringAgain(wanted))) review();
  else if (goesOn) goOn();
}

/** The plan if it is of the document as it is. */
export function planLine(state = get()): string {
  if (holdsNothing(state)) return "Nothing to run yet.";
  if (state.run.state === "running") return state.run.message ?? "Running…";
  const count = state.plan?.problems?.length ?? 0;
  if (count) return `${count} ${count === 1 ? "thing needs" : "things need"} attention before it can run.`;
  const isDone = state.run.state === "done" && signatureOf(state.ran.doc) === signatureOf(state.history.doc);
  const line = state.plan?.line ?? "Working out what will run…";
  return isDone && /^\d/.test(line) ? `Run again: ${line}` : line;
}
