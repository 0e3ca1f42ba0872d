// The buttons below the picture, and the line above which rows are kept.

import { bytesOf } from "../common/bytes";
import { around, one } from "../common/dom";
import { pngBlob } from "../common/download";
import type { Host } from "../common/host";
import { sharePicture } from "../common/sharing";
import type { Easel, EaselProps } from "./easel";
import type { Returning } from "./restore";
import { goingOn, type Running } from "./running";
import { idleRun, type Sheet, type State } from "./state";
import { fillUses, openAsWorkflow } from "./uses";

type Act = (sheet: Sheet) => unknown;

export function listenToTools(easel: Easel, running: Running, returning: Returning, trigger: Host<EaselProps>["trigger"]): void {
  const acts = actsOn(easel, running, returning);
  easel.root.addEventListener("click", (event) => {
    const name = around(event, "[data-do]")?.dataset.do ?? "";
    if (name === "halt") running.halt();
    else if (name === "forget") forget(easel);
    else if (easel.current) acts[name]?.(easel.current);
  });
  fillUses(easel.face.find("uses"), easel.uses, () => easel.current, (task) => {
    easel.state.isUsing = false;
    easel.show();
    trigger("use", { task });
  });
  easel.reword = (sheet, at, word) => {
    const { task, inputs, given } = sheet;
    running.halt(); // whoever changes their mind need not wait
    running.begin(sheet);
    running.ask("reword", { task, inputs, given: given ?? {}, at, word });
  };
  listenToCut(easel);
}

function actsOn(easel: Easel, running: Running, returning: Returning): Record<string, Act> {
  const { state } = easel;
  const fileOf = (sheet: Sheet) => pngBlob(bytesOf(sheet.png));
  const intoView = (part: string) => easel.face.find(part).scrollIntoView({ behavior: "smooth", block: "nearest" });
  const toggle = (name: keyof State & `is${string}`, more: Partial<State> = {}, opens = "") => () => {
    Object.assign(state, { [name]: !state[name] }, more);
    easel.show();
    if (state[name] && opens) intoView(opens);
  };
  return {
    resume: (sheet) => (running.begin(sheet), running.ask("resume", goingOn(sheet))),
    reroll: (sheet) => {
      const { row } = state;
      running.begin(sheet);
      running.ask("reroll", { ...goingOn(sheet), row, four: false });
    },
    futures: (sheet) => {
      const { row } = state;
      running.begin(sheet);
      state.isChoosing = true;
      running.ask("reroll", { ...goingOn(sheet), row, four: true });
    },
    replay: (sheet) => void returning.open(fileOf(sheet), true),
    share: async ({ png, id = "", prompt }) => {
      easel.face.say("posted", "");
      easel.face.sayForAWhile("posted", await sharePicture(bytesOf(png), id, easel.address, prompt));
      intoView("posted");
    },
    adopt: (sheet) => void returning.open(fileOf(sheet)),
    workflow: openAsWorkflow,
    cut: (sheet) => {
      Object.assign(state, { isCutting: !state.isCutting, isAll: false });
      cutAt(easel, state.row || sheet.rows / 2);
    },
    use: toggle("isUsing", { isPosting: false }, "uses"),
    post: toggle("isPosting", { isUsing: false }, "posts"),
    compare: toggle("isComparing", {}, "shelf"),
    heat: toggle("isHot"),
    all: toggle("isAll", { isCutting: false }),
  };
}

function forget(easel: Easel): void {
  if (!easel.face.askAgain(true)) return;
  Object.assign(easel.state, { sheets: [], current: null, isAll: false, isCutting: false, run: idleRun() });
  easel.show();
  easel.shelf.clear();
}

function listenToCut(easel: Easel): void {
  const slider = one<HTMLInputElement>(easel.root, ".easel-cut input");
  slider.addEventListener("input", () => cutAt(easel, Number(slider.value)));
  const slide = (event: PointerEvent) => {
    const { state, current: sheet } = easel;
    const paper = around(event, ".easel-paper");
    if (!state.isCutting || !sheet || !paper || !(event.buttons & 1)) return;
    const { top, height } = paper.getBoundingClientRect();
    event.preventDefault();
    cutAt(easel, ((event.clientY - top) / height) * sheet.rows);
  };
  for (const name of ["pointermove", "pointerdown"] as const) easel.face.find("cells").addEventListener(name, slide);
}

function cutAt(easel: Easel, row: number): void {
  easel.state.row = Math.min(Math.max(1, Math.round(row)), (easel.current?.drawn ?? 0) - 1);
  easel.show();
}
