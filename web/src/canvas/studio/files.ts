// Documents in and out: drafts in this browser, files, pictures, links, the clipboard.

import { emptyDoc, parse, Unreadable, write } from "../document/read";
import { fragment, moved, pasted } from "../document/edit";
import { framesAmong, framesPasted, withContents } from "../document/frames";
import { freePlace, freeShift, HEIGHT, placesOf, tidied } from "../document/layout";
import { fromJson, toJson } from "../document/json";
import { recipePart } from "../document/png";
import { withSaved, without, type SavedWorkflow } from "../document/saved";
import { fromLink, hasWorkflow } from "../document/share";
import { taskOf } from "../document/sockets";
import type { KeptRun } from "../document/runs";
import type { Doc, Place, Result } from "../types";
import { keep, keepShared, kept, keptShared } from "./bridge";
import { surface } from "./surface";
import { read, send, type Elsewhere, type Read } from "./pictures";
import { beginAnew, replace } from "./results";
import { doc, edit, get, holdsNothing, notify, set } from "./store";
import { begun } from "../document/history";

const MAX_FILE = 20_000_000;
const PICTURE = "image_file"; // the task that gives a picture of one's own
const MOST_KEPT = 4; // results of each node that a reload brings back

let saved: { doc: Doc; results: unknown; runs: unknown } | null = null;

/** Keep the document and the latest results in this browser. */
export function autosave(): void {
  const { history, results, runs } = get();
  if (saved?.doc !== history.doc) keep("draft", Object.keys(history.doc.nodes).length ? write(history.doc) : null);
  if (saved?.results !== results) {
    const few = Object.fromEntries(Object.entries(results).map(([id, all]) => [id, all.slice(-MOST_KEPT)]));
    keep("results", toJson(few));
  }
  if (saved?.runs !== runs) keep("runs", toJson(runs));
  saved = { doc: history.doc, results, runs };
}

/** What this browser kept, with a bar that says so. */
export function recover(): void {
  set({ kept: kept("before") });
  const draft = kept("draft");
  if (!draft) return;
  try {
    set({ history: begun(parse(draft)), recovered: true });
    set({ results: fromJson(kept("results") ?? "{}") as unknown as Record<string, Result[]> });
    set({ runs: fromJson(kept("runs") ?? "[]") as unknown as KeptRun[] });
  } catch {
    keep("unread", draft); // nothing is thrown away that could not be read
  }
}

/** Put another document in the place of this one; undo brings it back. */
export function open(other: Doc, what: string): void {
  const undo = holdsNothing() ? "" : " Undo brings back what was here before.";
  replace({ ...other, layout: { ...other.layout, ...nodePlaces(other) } });
  set({ recovered: false, selected: [] });
  if (!Object.keys(other.nodes).some((id) => other.layout?.[id])) tidyOnceMeasured();
  const unknown = Object.values(other.nodes).filter((node) => !taskOf(other, get().catalogue, node)).length;
  const rest = unknown ? ` ${unknown} ${unknown === 1 ? "node is" : "nodes are"} not known here.` : "";
  notify(`${what} opened.${rest}${undo}`);
  window.dispatchEvent(new Event("lumina-canvas-fit"));
}

/** Cards of a document that says nothing of their places are laid out once it is known how high they are. */
function tidyOnceMeasured(tries = 40): void {
  const ids = Object.keys(doc().nodes);
  const heights = surface.heights();
  if (ids.every((id) => heights[id])) {
    const { history } = get();
    set({ history: { ...history, doc: moved(history.doc, tidied(history.doc, heights)) } }); // no step of its own to undo
    window.dispatchEvent(new Event("lumina-canvas-fit"));
  } else if (tries) setTimeout(tidyOnceMeasured, 50, tries - 1);
}

function nodePlaces(other: Doc): Doc["layout"] {
  return Object.fromEntries(Object.entries(placesOf(other)).filter(([id]) => id in other.nodes));
}

export function startEmpty(): void {
  if (!holdsNothing()) notify("A new workflow. Undo brings back what was here before.");
  replace(emptyDoc());
  set({ recovered: false, kept: null, selected: [] });
}

export async function openText(text: string, what = "Workflow"): Promise<void> {
  await guarded(async () => open(await documentIn(text), what));
}

/** The document in a text or a link; throws Unreadable with the server's sentence. */
async function documentIn(text: string): Promise<Doc> {
  return documentOf(await read(hasWorkflow(text) ? await fromLink(text) : new TextEncoder().encode(text)));
}

/** What is no document of ours, but has something that can be offered. */
class Offered extends Error {
  constructor(readonly what: Elsewhere) {
    super(what.sentence);
  }
}

function documentOf(answer: Read): Doc {
  if ("sentence" in answer) throw new Offered(answer);
  if ("document" in answer) return parse(answer.document);
  throw new Unreadable("error" in answer ? answer.error : "This picture carries no workflow.");
}

/** What the server reads in a file. */
async function readFile(file: File): Promise<Read> {
  if (file.size > MAX_FILE) throw new Unreadable("This file is too large; use one under 20 MB.");
  const bytes = new Uint8Array(await file.arrayBuffer());
  return read(recipePart(bytes) ?? bytes);
}

/** Do something with the workflow in a text, to be a node here. */
export const workflowIn = (text: string, take: (definition: Doc) => void): Promise<void> =>
  guarded(async () => take(await documentIn(text)));

/** Let a person choose a file, to do something with the workflow in it. */
export function pickFile(take: (definition: Doc, name: string) => void): void {
  const input = document.createElement("input");
  Object.assign(input, { type: "file", accept: ".json,application/json,image/png" });
  input.addEventListener("change", () => {
    const file = input.files?.[0];
    if (file) void guarded(async () => take(documentOf(await readFile(file)), file.name.replace(/\.\w+$/, "")));
  });
  input.click();
}

export async function openFile(file: File): Promise<void> {
  await guarded(async () => {
    const answer = await readFile(file);
    if ("sentence" in answer) throw new Offered(answer);
    if ("image" in answer && get().catalogue.nodes[PICTURE]) addPicture(answer.image);
    else open(documentOf(answer), file.name);
  });
}

/** Say what a file of another program is; its prompt, if it has one, can be drawn. */
function offer(what: Elsewhere): void {
  if (what.prompt) return set({ dialog: null, elsewhere: what });
  if (what.image) takeElsewhere(what.image);
  notify(what.sentence);
}

/** The picture alone becomes a node, whatever drew it. */
export function takeElsewhere(image: string): void {
  addPicture(image);
  set({ elsewhere: null });
}

/** A new workflow that draws these words. */
export function drawWords(prompt: string): void {
  const inputs = { prompt, seed: Math.floor(Math.random() * 10_000) };
  open({ lumina: 1, nodes: { draft: { task: "text_to_image", inputs } } }, "A workflow with this prompt");
  set({ elsewhere: null });
}

/** The Create tab, with these words in its form. */
export function putIntoCreate(prompt: string): void {
  set({ elsewhere: null });
  location.hash = "create";
  const fill = (tries: number) => {
    const field = document.querySelector<HTMLTextAreaElement>("#tab-create .task-say textarea");
    if (field?.offsetParent) {
      field.value = prompt;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.focus();
    } else if (tries) setTimeout(fill, 100, tries - 1);
  };
  fill(80);
}

/** A picture of another tab, in base64, becomes a node, whatever it carries. */
export async function bringPicture(png: string): Promise<void> {
  await guarded(async () => {
    const answer = await send(png);
    if ("error" in answer) throw new Unreadable(answer.error);
    addPicture(answer.image);
  });
}

/** A picture that carries no workflow becomes a node that gives it. */
function addPicture(image: string): void {
  const layout = { picture: freePlace(doc(), surface.middle(), surface.heights()) };
  insert({ lumina: 1, nodes: { picture: { task: PICTURE, inputs: { image: { image } } } }, layout }, [0, 0]);
}

/** The document of a link that this page was opened with; the draft waits behind it. */
export async function openAddress(hash: string): Promise<void> {
  if (!hasWorkflow(hash)) return;
  await guarded(async () => {
    const other = await documentIn(hash);
    const before = get().kept ?? (holdsNothing() ? null : write(doc()));
    open(other, "Shared workflow");
    set({ kept: before });
    keep("before", before);
    history.replaceState(null, "", `${location.pathname}${location.search}#workflow`);
  });
}

/** Give up the shared workflow, or the draft that waits behind it. */
export function leaveShared(isBack: boolean): void {
  const before = get().kept;
  set({ kept: null });
  keep("before", null);
  if (before && isBack) void guarded(async () => open(parse(before), "Your draft"));
}

async function guarded(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof Offered) return offer(error.what);
    notify(error instanceof Unreadable ? error.message : "This cannot be read as a workflow.");
  }
}

/** The selected nodes as text for the clipboard. */
export function copied(): string | null {
  const part = partOf(get().selected);
  return part && write(part, 2);
}

/** These nodes alone, and frames with all that lies in them; null if there is no node among them. */
export function partOf(chosen: string[]): Doc | null {
  const ids = withContents(doc(), chosen);
  if (!ids.some((id) => id in doc().nodes)) return null;
  return { ...fragment({ ...doc(), layout: placesOf(doc()) }, ids), ...framesAmong(doc(), ids) };
}

/** Add the nodes of a text to what is here. */
export function pasteText(text: string): void {
  void guarded(async () => {
    const other = await documentIn(text);
    if (holdsNothing()) return open(other, "Pasted workflow");
    insert({ ...other, layout: { ...placesOf(other), ...other.layout } });
  });
}

export function insert(other: Doc, by?: Place): void {
  const most = get().catalogue.limits.nodes;
  if (Object.keys(doc().nodes).length + Object.keys(other.nodes).length > most) {
    return notify(`A workflow has at most ${most} nodes.`);
  }
  let ids: string[] = [];
  const before = doc();
  const shift = by ?? besides(other);
  edit((current) => {
    const [next, names] = pasted(current, other, shift);
    ids = names;
    return framesPasted(next, other, shift);
  });
  beginAnew(before, ids);
  set({ selected: ids });
  notify(`${ids.length === 1 ? "1 node" : `${ids.length} nodes`} added.`);
}

/** How far what is added comes to lie from where it says, so that it lies on nothing. */
function besides(other: Doc): Place {
  const heights = surface.heights();
  const places = { ...placesOf(other), ...other.layout };
  const group = Object.keys(other.nodes).map((id) => ({ place: places[id]!, height: heights[id] ?? HEIGHT }));
  return freeShift(doc(), group, heights);
}

/** The workflows that were saved in this browser. */
export function savedWorkflows(): SavedWorkflow[] {
  try {
    return JSON.parse(keptShared("saved") ?? "[]") as SavedWorkflow[];
  } catch {
    return [];
  }
}

export function forgetWorkflow(title: string): void {
  keepShared("saved", JSON.stringify(without(savedWorkflows(), title)));
}

/** What it is called where it has no title: by its first nodes. */
const titleOf = ({ title, nodes }: Doc): string => title?.trim() || Object.keys(nodes).slice(0, 3).join(", ");

/** As a file, and among the workflows of this browser. */
export function save(): void {
  if (!holdsNothing()) {
    keepShared("saved", JSON.stringify(withSaved(savedWorkflows(), { title: titleOf(doc()), text: write(doc()) })));
    notify("Saved as a file. Here it is under Open, and under Add as a node.");
  }
  const link = document.createElement("a");
  const url = URL.createObjectURL(new Blob([write(doc(), 2) + "\n"], { type: "application/json" }));
  link.href = url;
  link.download = `${(doc().title || "workflow").replace(/[^\w -]+/g, "").trim() || "workflow"}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
