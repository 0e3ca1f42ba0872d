// The easel's state and what changes it: views from Python, and what a person does.

import type { Continued, EaselView, RecipeSheet, Refused, Rerolled, Restored, Settled, Sheet as Told, Use } from "../messages.gen";
import { base64Of, bytesOf, MAX_FILE } from "../shared/bytes";
import { around, one } from "../shared/dom";
import { offerAt, pngBlob } from "../shared/download";
import { bringTo } from "../shared/handing";
import { plain, type Host } from "../shared/host";
import { isPng, sizeOfPng, withoutPixels } from "../shared/png";
import { reason } from "../shared/proxy";
import { pictureIn, wellsOf } from "../well/well";
import { takeFiles } from "./drops";
import { Face } from "./face";
import { makeGate, watchReach } from "./gate";
import { draftOf, mergedSurprise } from "./paint";
import { openShelf } from "./shelf";
import { assembled, emptyState, followed, idleRun, isActive, runOf, saidOf, statusOf } from "./state";
import type { Given, Sheet } from "./state";
import { openTurns } from "./turns";
import { fillUses, listenForReturned, makeTeller, openAsWorkflow, wellsIn } from "./uses";

export interface EaselProps {
  storage_key: string; // the tab's task, under which the browser keeps its pictures
  invite: string;
  uses: Use[];
  turns: string; // the field for a picture into which each result goes; empty without turns
  view: EaselView | Restored | Refused | Settled | Record<string, never>;
  answered: string;
}

const SAVE_EVERY = 1000; // milliseconds, while something is drawn
const PATIENCE = 20_000; // milliseconds for the file of a stopped picture
const SILENCE = 1500; // milliseconds after the end of a run until its missing last view counts as a fault

/** Puts an easel into its element, once; it triggers 'halt' 'resume' 'reroll' 'restore' 'use' 'seen'. */
export function mountEasel({ element, props, trigger, watch }: Host<EaselProps>): void {
  const task = props.storage_key;
  const root = one(element, ".easel");
  const tab = element.closest<HTMLElement>(".task-tab") ?? document.body;
  const uses = plain(props.uses ?? []);
  const shelf = openShelf(task);
  const state = emptyState();
  let pending: { isReplay: boolean; file: Pick<Sheet, "png" | "width" | "height"> } | null = null; // whose recipe is read
  let filled: Promise<unknown> = Promise.resolve(); // settles once its settings are in the form
  let savedAt = 0;
  const whenIdle: (() => void)[] = []; // pictures to open once nothing is drawn

  const face = new Face(root, pick);
  const gate = makeGate(task, ended);
  const teller = makeTeller(tab, (picture) => trigger("seen", picture));
  const offer = offerAt(one<HTMLAnchorElement>(root, '[data-do="save"]'));
  const turns = props.turns ? openTurns({ root, tab, task, field: props.turns, pick }) : null;
  const sheetOf = (key: string | null) => state.sheets.find((sheet) => sheet.key === key) ?? turns?.sheetOf(key);
  const current = () => sheetOf(state.current);
  const family = (key: string | null) =>
    state.sheets.filter((sheet) => runOf(sheet.key) === runOf(key ?? "")).reverse();

  function pick(key: string): void {
    if (!sheetOf(key)) return;
    state.current = key;
    state.isAll = false;
    state.isCutting = false;
    show();
    if (isActive(state)) return;
    turns?.give(key);
    keep();
  }

  function begin(before: Sheet | null = null, held: Given | null = wellsIn(tab)): void {
    state.before = before;
    state.held = held;
    state.given = before ? (before.given ?? {}) : held;
    state.isCutting = false;
    state.run = { ...idleRun(), state: "waiting", message: "" };
    show();
    const box = root.getBoundingClientRect();
    if (box.top < 0 || box.top > window.innerHeight * 0.6) root.scrollIntoView({ behavior: "smooth", block: "start" });
  }

  function ask(name: "resume" | "reroll", payload: Continued | Rerolled): void {
    if (!gate.pass(() => ask(name, payload))) return;
    state.isListening = true;
    trigger(name, payload);
  }

  function halt(): void {
    if (!isActive(state)) return;
    if (gate.stop()) trigger("halt");
    const sheet = state.run.sheets.at(-1);
    if (sheet && sheet.drawn < sheet.rows) {
      state.current = sheet.key;
      settle("stopped", `Stopped at row ${sheet.drawn} of ${sheet.rows}. What is drawn is kept.`);
    } else {
      settle("stopped", sheet ? "Stopped." : "Stopped before the first row.");
    }
  }

  function settle(outcome: "done" | "stopped" | "failed", message: string): void {
    state.isListening = false;
    state.run.sheets.forEach((sheet) => void develop(sheet));
    state.run = { ...state.run, state: outcome, message };
    show();
    whenIdle.splice(0).forEach((act) => act());
    if (outcome === "failed") face.find("problem").scrollIntoView({ behavior: "smooth", block: "nearest" });
    keep();
  }

  async function develop(sheet: Sheet): Promise<void> {
    // What was stopped is shown as it was painted, until its file is here.
    if (!sheet.strips?.length) return;
    const { canvas, ready } = draftOf(sheet);
    await ready;
    sheet.png = canvas.toDataURL("image/png").split(",")[1] ?? "";
    delete sheet.strips;
    sheet.isPending = true;
    setTimeout(() => {
      delete sheet.isPending; // without the file, there is what was painted
      show();
    }, PATIENCE);
    show();
    keep();
    trigger("halted", goingOn(sheet));
  }

  function settled(told: Told): void {
    const there = state.sheets.find((sheet) => sheet.key === told.key);
    if (!there || there.drawn !== told.drawn || isActive(state)) return;
    put({ ...mergedSurprise(told, there), given: there.given ?? {} });
    show();
    keep();
  }

  function ended(): void {
    // The event is over, in whatever way; if its last view says otherwise, something broke on the way.
    const { run } = state;
    setTimeout(() => {
      if (state.run !== run || !isActive(state)) return;
      settle("failed", reason("The studio stopped answering; what is drawn is kept. Try again."));
    }, SILENCE);
  }

  function put(sheet: Sheet): void {
    const at = state.sheets.findIndex((other) => other.key === sheet.key);
    if (at >= 0) state.sheets[at] = sheet;
    else state.sheets.unshift(sheet);
  }

  function check(sheet: Sheet): void {
    // A picture that asks for the same as an earlier one must have the same codes.
    const twin = state.sheets.find((other) => other.key !== sheet.key && other.identity === sheet.identity);
    if (!twin?.digest) return;
    sheet.match = twin.digest === sheet.digest;
    if (!sheet.match) return;
    sheet.png = twin.png; // the same picture, by which its turns know it
    state.sheets = state.sheets.filter((other) => other !== sheet).map((other) => (other === twin ? sheet : other));
  }

  function receive(): void {
    const view = plain(props.view ?? {});
    if (view.state === "restored") return void restored(view);
    if (view.state === "refused") return refused(view.message);
    if (view.state === "settled") return settled(view.sheet);
    if (view.state === undefined || !view.run || !state.isListening) return;
    const isFirst = view.sheets.some((sheet) => sheet.drawn) && state.run.sheets.length === 0;
    state.held ??= wellsIn(tab);
    const given = (state.given ??= state.held);
    const sheets = view.sheets.filter((sheet) => sheet.drawn).map((sheet) => ({ ...mergedSurprise(assembled(sheet), state.before), given }));
    state.run = followed(view, sheets);
    sheets.forEach(put);
    if (isFirst) {
      state.current = sheets[0]?.key ?? null;
      state.isAll = view.count > 1;
    }
    if (view.state === "done") {
      for (const { key } of sheets) {
        const there = state.sheets.find((sheet) => sheet.key === key);
        if (there) check(there);
      }
      settle("done", "");
      return turns?.goOn(state.current, state.held);
    }
    if (view.state === "failed") return settle("failed", view.message ?? "");
    show();
    if (view.sheets.length && Date.now() - savedAt > SAVE_EVERY) keep();
  }

  function keep(): void {
    savedAt = Date.now();
    const shown = runOf(state.current ?? "");
    shelf.save(state.sheets, state.current, (sheet) => runOf(sheet.key) === shown);
  }

  async function open(file: Blob, isReplay = false): Promise<void> {
    if (isActive(state)) return void whenIdle.push(() => void open(file));
    const bytes = new Uint8Array(await file.slice(0, MAX_FILE).arrayBuffer());
    if (!isPng(bytes)) return refused("Only a PNG picture that was made here carries its settings.");
    pending = { isReplay, file: { png: base64Of(bytes), ...sizeOfPng(bytes) } };
    filled = new Promise((resolve) => window.addEventListener(`lumina-filled-${task}`, resolve, { once: true }));
    trigger("restore", { png: base64Of(withoutPixels(bytes)) });
  }

  async function restored({ sheet, message }: Restored): Promise<void> {
    if (!pending) return;
    const { isReplay, file } = pending;
    const same = state.sheets.find((other) => isSamePicture(other, sheet));
    if (!same) put({ ...sheet, ...file });
    state.current = same ? same.key : sheet.key;
    state.isAll = false;
    const [given] = Object.values(same?.given ?? {});
    if (given) bringTo(task, given);
    const wells = given ? [] : wellsOf(tab);
    const more = wells.length ? " Put in the picture that it began with." : "";
    state.run = { ...state.run, state: "stopped", sheets: [], message: message + more };
    show();
    keep();
    if (!isReplay || wells.some((well) => !pictureIn(well))) return;
    await filled;
    if (!isActive(state)) one(tab, ".generate").click();
  }

  function refused(message: string): void {
    state.run = { ...state.run, sheets: [] };
    settle("failed", message);
  }

  function show(): void {
    const sheet = current();
    const group = family(state.current);
    const places = state.isAll ? Math.max(group.length, isActive(state) ? state.run.count : 0) : 1;
    const shown = state.isAll ? group : sheet ? [sheet] : [];
    const isEmpty = !sheet && !isActive(state);
    root.dataset.state = isEmpty ? "empty" : state.run.state;
    tab.toggleAttribute("data-running", isActive(state));
    face.showCells(shown, state, isEmpty ? 0 : places);
    if (turns) turns.show(state.sheets, state.current);
    else face.showStrip(state.sheets, state.current);
    face.showFacts(sheet);
    face.showTools(sheet, group, state, uses.length > 0);
    if (sheet && !isActive(state)) offer(sheet.png, () => pngBlob(bytesOf(sheet.png)), sheet.file || "picture.png");
    if (state.isHot) face.showHeat(sheet);
    face.say("status", statusOf(state));
    face.say("said", saidOf(state));
    face.say("problem", state.run.state === "failed" ? (state.run.message ?? "") : "");
    const { done = 0, total } = state.run;
    face.find("bar").style.setProperty("--done", String(isActive(state) && total ? done / total : 0));
    if (!isActive(state)) teller.look(sheet);
  }

  const acts: Record<string, (sheet: Sheet) => void> = {
    resume: (sheet) => (begin(sheet), ask("resume", goingOn(sheet))),
    reroll: (sheet) => {
      const { row } = state;
      begin(sheet);
      ask("reroll", { ...goingOn(sheet), row });
    },
    replay: (sheet) => void open(pngBlob(bytesOf(sheet.png)), true),
    workflow: openAsWorkflow,
    adopt: (sheet) => void open(pngBlob(bytesOf(sheet.png))),
    cut: (sheet) => {
      state.isCutting = !state.isCutting;
      state.isAll = false;
      cutAt(state.row || sheet.rows / 2);
    },
    use: () => ((state.isUsing = !state.isUsing), show()),
    heat: () => ((state.isHot = !state.isHot), show()),
    all: () => ((state.isAll = !state.isAll), (state.isCutting = false), show()),
  };

  function forget(): void {
    if (!face.askAgain(true)) return;
    Object.assign(state, { sheets: [], current: null, isAll: false, isCutting: false });
    state.run = idleRun();
    show();
    shelf.clear();
  }

  root.addEventListener("click", (event) => {
    const name = around(event, "[data-do]")?.dataset.do ?? "";
    const sheet = current();
    if (name === "halt") halt();
    else if (name === "forget") forget();
    else if (sheet) acts[name]?.(sheet);
  });
  const slider = one<HTMLInputElement>(root, ".easel-cut input");
  slider.addEventListener("input", () => cutAt(Number(slider.value)));
  fillUses(face.find("uses"), uses, current, (other) => {
    state.isUsing = false;
    show();
    trigger("use", { task: other });
  });
  for (const name of ["pointermove", "pointerdown"] as const) face.find("cells").addEventListener(name, slide);

  function slide(event: PointerEvent): void {
    const sheet = current();
    const paper = around(event, ".easel-paper");
    if (!state.isCutting || !sheet || !paper || !(event.buttons & 1)) return;
    const box = paper.getBoundingClientRect();
    event.preventDefault();
    cutAt(((event.clientY - box.top) / box.height) * sheet.rows);
  }

  function cutAt(row: number): void {
    state.row = Math.min(Math.max(1, Math.round(row)), (current()?.drawn ?? 0) - 1);
    show();
  }

  // What happens around the easel, in the same tab.
  tab.addEventListener("click", (event) => {
    if (around(event, ".stop")) halt();
    const button = around(event, ".generate, .example");
    if (!button) return;
    if (button.matches(".example")) begin(null, null); // its well is filled only now
    else begin();
    if (gate.pass(() => button.click())) state.isListening = true;
    else event.stopPropagation();
  }, true); // before Gradio hears it
  tab.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && !isActive(state)) {
      event.preventDefault();
      one(tab, ".generate").click();
    }
    if (event.key === "Escape") halt();
  });
  tab.addEventListener("input", (event) => {
    // Whoever writes a seed means to keep it. (Gradio's own input event misses what is pasted.)
    if (!around(event, ".seed-number") || !(event.target instanceof HTMLInputElement)) return;
    const lock = tab.querySelector<HTMLInputElement>(".lock input");
    if (lock && lock.checked !== (event.target.value.trim() !== "")) lock.click();
  });
  tab.addEventListener("lumina-well", () => turns && show());
  takeFiles(tab, (file) => void open(file));
  let paintedWidth = 0;
  new ResizeObserver(([entry]) => {
    const width = entry?.contentRect.width ?? 0;
    if (width !== paintedWidth) show();
    paintedWidth = width;
  }).observe(face.find("stage"));
  watchReach(() => isActive(state), () => {
    gate.reset();
    settle("failed", "The studio cannot be reached; what is drawn is kept. Try again once it answers.");
  });

  watch("view", receive);
  watch("answered", () => teller.answered(props.answered));
  face.find("invite").textContent = `${props.invite} Watch it being painted, row by row.`;
  show();
  void shelf.load().then((kept) => {
    if (!kept || state.sheets.length) return;
    state.sheets = kept.sheets ?? [];
    state.current = kept.current;
    show();
    state.sheets.forEach((sheet) => void develop(sheet)); // of a page that was left while it was drawn
    turns?.giveAgain(kept.current);
  }).then(() => listenForReturned(task, (file) => void open(file)));
}

const isSamePicture = (one: Sheet, other: RecipeSheet): boolean =>
  one.identity === other.identity && one.digest === other.digest;

/** What the server needs to go on from a picture. */
const goingOn = ({ key, task, inputs, model, codes, cols, given }: Sheet): Continued =>
  ({ key, task, inputs, model, codes, cols, given: given ?? {} });
