// What the easel knows: pictures in this browser, the run that draws, and which tools are open.

import type { EaselView, PromptPart, RecipeSheet, Sheet as Told } from "../messages.gen";
import { base64Of, bytesOf } from "../common/bytes";

export type Given = Record<string, string>; // pictures in the form, in base64 by field

type File = Pick<Told, "png" | "width" | "height">;

/** A picture as this browser keeps it; one from a file tells no more than its recipe. */
export interface Sheet extends RecipeSheet, File, Partial<Omit<Told, keyof RecipeSheet | keyof File>> {
  given?: Given; // the pictures it was drawn from
  match?: boolean; // whether it has the codes of an earlier one that asked for the same
  isPending?: boolean; // stopped, and its file is still to come
  isBrought?: boolean; // the picture that a film began with, which nobody drew here
  isShared?: boolean; // of a link, and not drawn here
  isOpening?: boolean; // an earlier drawing, which whoever comes first is shown
  series?: string; // of pictures that follow one drawing, of which the last one stays
  words?: readonly PromptPart[]; // its prompt in parts, once they were told
  since?: number; // when this browser first kept it, in milliseconds
}

export interface Run {
  key: string;
  state: "idle" | "waiting" | "drawing" | "done" | "stopped" | "failed";
  sheets: Sheet[];
  count: number;
  message?: string;
  done?: number;
  total?: number;
  left?: number | null; // seconds
  seconds?: number; // spent drawing
}

/** A picture in another scene than the one before, though hardly a word has changed: its seed was new. */
export interface Again {
  key: string; // of the picture
  seed: string; // of the one before
}

export interface State {
  sheets: Sheet[]; // newest first
  current: string | null; // key of the picture that the tools act on
  run: Run;
  isListening: boolean; // whether views are wanted; not after Stop
  before: Sheet | null; // the picture that is continued or re-rolled
  held: Given | null; // the pictures in the form when drawing began
  given: Given | null; // those that are drawn from: of a picture that is continued, its own
  former: Sheet | null; // what was looked at when Generate was pressed
  again: Again | null; // what is offered beside a picture
  returned: string | null; // key of the picture whose settings are back in the form
  series: string; // of what follows the sheet now; empty for any other run
  under: HTMLCanvasElement | null; // what is seen below the rows that are drawn
  row: number; // first row to re-roll
  isCutting: boolean;
  isComparing: boolean; // whether the picture that is picked next is compared with this one
  isChoosing: boolean; // whether the pictures of the run are futures, of which one is kept
  isHot: boolean;
  isAll: boolean;
  isUsing: boolean;
  isPosting: boolean;
}

export const idleRun = (): Run => ({ key: "", state: "idle", sheets: [], count: 1 });

export const emptyState = (): State => ({
  sheets: [],
  current: null,
  run: idleRun(),
  isListening: false,
  before: null,
  held: null,
  given: null,
  former: null,
  again: null,
  returned: null,
  series: "",
  under: null,
  row: 0,
  isCutting: false,
  isComparing: false,
  isChoosing: false,
  isHot: false,
  isAll: false,
  isUsing: false,
  isPosting: false,
});

const CHOOSE = "A click on one of the four keeps it, and the others go.";
const LAST_ACCEPTED = 400; // forward passes that are shown

export const isActive = ({ run }: State): boolean => run.state === "waiting" || run.state === "drawing";

export const runOf = (key: string): string => key.replace(/-\d+$/, "");

const numberOf = (key: string): number => Number(/-(\d+)$/.exec(key)?.[1] ?? 0);

/** Where a picture goes among others: newest first, those of one run by their numbers, whichever got its first row first. */
export function placeAmong(sheets: readonly Sheet[], key: string): number {
  const isOfRun = (other: Sheet) => runOf(other.key) === runOf(key);
  const next = sheets.findIndex((other) => isOfRun(other) && numberOf(other.key) < numberOf(key));
  return next >= 0 ? next : sheets.findLastIndex(isOfRun) + 1;
}

/** How much of a picture is drawn, 0 to 1; one without codes is whole. */
export const drawnPart = (sheet: Sheet): number => (sheet.codes && sheet.rows ? sheet.drawn / sheet.rows : 1);

/** Whether rows of it are missing, so that it can be drawn on. */
export const isUnfinished = (sheet: Sheet): boolean => drawnPart(sheet) < 1;

export const stoppedAt = ({ drawn, rows }: Sheet): string => `Stopped at row ${drawn} of ${rows}. What is drawn is kept.`;

/** A sheet with what its strips tell, row by row; one that has its file needs them no longer. */
export function assembled(told: Told): Sheet {
  const { strips = [], ...rest } = told;
  const last = strips.at(-1);
  if (!last) return rest;
  const joined = (name: "codes" | "nll") =>
    base64Of(Uint8Array.from(strips.flatMap((strip) => [...bytesOf(strip[name])])));
  const accepted = strips.flatMap((strip) => strip.accepted);
  const sofar = { forwards: accepted.length, tokens: accepted.reduce((sum, count) => sum + count, 0), seconds: last.seconds };
  const rows = { codes: joined("codes"), nll: joined("nll"), accepted: accepted.slice(-LAST_ACCEPTED) };
  return rest.png ? { ...rest, ...rows } : { ...rest, ...sofar, ...rows, strips };
}

/** A run as the easel follows it, of the view that Python sends of it. */
export const followed = (view: EaselView, sheets: Sheet[]): Run => ({ ...view, key: view.run, sheets });

/** What there is to say, while `sheet` is looked at, which may not be of the last run. */
export function statusOf(state: State, sheet?: Sheet): string {
  const { run } = state;
  const isOver = run.state === "done" || run.state === "stopped";
  const isOther = run.sheets.length > 0 && sheet !== undefined && !run.sheets.some(({ key }) => key === sheet.key);
  if (isOver && isOther) return earlierStatus(sheet);
  return isOver && state.isChoosing ? `${runStatus(state)} ${CHOOSE}` : runStatus(state);
}

function earlierStatus(sheet: Sheet): string {
  if (isUnfinished(sheet)) return stoppedAt(sheet);
  return sheet.seconds ? `Drawn before, in ${sheet.seconds.toFixed(1)} s.` : "";
}

function runStatus({ run }: State): string {
  if (run.state === "waiting") return run.message || "Waiting for the model…";
  if (run.state === "drawing") return drawingOf(run);
  if (run.state === "stopped") return run.message || "Stopped. What is drawn is kept.";
  if (run.state !== "done") return "";
  const done = `Done in ${(run.seconds ?? 0).toFixed(1)} s.`;
  return run.message ? `${done} ${run.message}` : done;
}

function drawingOf(run: Run): string {
  const sheet = run.sheets.at(-1);
  const which = run.count > 1 ? `Picture ${run.sheets.length} of ${run.count} · ` : "";
  const rows = sheet ? `row ${sheet.drawn} of ${sheet.rows}` : "";
  const left = run.left == null ? "" : ` · ${run.left < 1 ? "under 1 s" : `${Math.round(run.left)} s`} left`;
  const text = which + rows + left;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** For whoever listens: what begins and ends, not every row. */
export function saidOf(state: State, sheet?: Sheet): string {
  const { run } = state;
  if (run.state !== "drawing") return statusOf(state, sheet);
  return run.count > 1 ? `Drawing picture ${run.sheets.length || 1} of ${run.count}.` : "Drawing.";
}
