// The easel's elements: everything that is shown is written here, from the state alone.

import { arrange, made, one } from "../common/dom";
import { readingTime } from "../common/reading_time";
import { paintAccepted, paintHeat, paintPicture } from "./paint";
import { drawnPart, isActive, type Sheet, type State } from "./state";

type Pick = (key: string) => void;

/** With whether the picture that this one began with is still to be put in. */
export type Shown = State & { isMissing?: boolean };

const CELL =
  '<div class="easel-paper"><canvas class="easel-paint"></canvas><canvas class="easel-heatmap"></canvas>' +
  '<img class="easel-true" alt="" /><i class="easel-edge"></i><i class="easel-cutline"></i></div>' +
  '<p class="easel-score"></p>';

const SCORED = "How good this picture is by the scorer in Advanced; the one with the most is kept.";
const NOTHING = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==";

/** The address of a picture; of one in the making, that of nothing. */
export const urlOf = (png: string): string => (png ? `data:image/png;base64,${png}` : NOTHING);

export class Face {
  private readonly cells = new Map<string, HTMLElement>();
  private readonly buttons = new Map<string, HTMLButtonElement>(); // of the strip, by key

  constructor(
    private readonly root: HTMLElement,
    private readonly pick: Pick,
    private readonly choose: Pick,
  ) {}

  find<E extends HTMLElement = HTMLElement>(name: string): E {
    return one<E>(this.root, `.easel-${name}`);
  }

  showCells(sheets: readonly Sheet[], state: State, places: number): void {
    const stage = this.find("cells");
    const keys = sheets.map((sheet) => sheet.key);
    for (const key of this.cells.keys()) if (!keys.includes(key)) this.cells.delete(key);
    const cells = sheets.map((sheet) => this.cellOf(sheet.key));
    const wanted = [...cells, ...blanks(stage, places - cells.length, sheets[0])];
    arrange(stage, wanted);
    stage.dataset.count = String(wanted.length);
    stage.toggleAttribute("data-fan", state.isChoosing && wanted.length > 1);
    const best = Math.max(...sheets.map((sheet) => sheet.score ?? -Infinity));
    for (const sheet of sheets) fillCell(this.cellOf(sheet.key), sheet, state, wanted.length === 1, best);
  }

  private cellOf(key: string): HTMLElement {
    const there = this.cells.get(key);
    if (there) return there;
    const cell = made("div", "easel-cell");
    cell.innerHTML = CELL;
    cell.addEventListener("click", () => {
      if (cell.tabIndex >= 0) this.choose(key); // alone, it is picked already: this is the end of a drag
    });
    cell.addEventListener("keydown", (event) => {
      if (cell.tabIndex < 0 || (event.key !== "Enter" && event.key !== " ")) return;
      event.preventDefault(); // a space would scroll, too
      this.choose(key);
    });
    this.cells.set(key, cell);
    return cell;
  }

  showStrip(sheets: readonly Sheet[], current: string | null): void {
    const shown = sheets.length < 2 ? [] : sheets;
    const keys = shown.map((sheet) => sheet.key);
    for (const key of this.buttons.keys()) if (!keys.includes(key)) this.buttons.delete(key);
    this.find("shelf").hidden = shown.length === 0;
    for (const sheet of shown) {
      const button = this.buttonOf(sheet);
      const image = one<HTMLImageElement>(button, "img");
      button.setAttribute("aria-pressed", String(sheet.key === current));
      image.src = urlOf(sheet.png);
      image.style.clipPath = `inset(0 0 ${100 * (1 - drawnPart(sheet))}% 0)`;
    }
    arrange(this.find("strip"), shown.map((sheet) => this.buttonOf(sheet)));
  }

  private buttonOf({ key, prompt }: Sheet): HTMLButtonElement {
    const there = this.buttons.get(key);
    if (there) return there;
    const button = made("button", "", "", { type: "button", title: prompt });
    button.setAttribute("aria-label", `Show: ${prompt}`);
    button.append(made("img", "", "", { alt: "" }));
    button.addEventListener("click", () => this.pick(key));
    this.buttons.set(key, button);
    return button;
  }

  /** Says something that goes by itself, unless something else is said there by then. */
  sayForAWhile(name: string, words: string): void {
    this.say(name, words);
    const isStill = () => this.find(name).textContent === words;
    setTimeout(() => isStill() && this.say(name, ""), readingTime(words));
  }

  /** Said anew only where it has changed, for it is read out. */
  say(name: string, words: string): void {
    if (this.find(name).textContent !== words) this.find(name).textContent = words;
  }

  showTools(sheet: Sheet | undefined, group: readonly Sheet[], state: Shown, hasUses: boolean): void {
    const can = toolsFor(sheet, group, state, hasUses);
    can.compare &&= this.find("strip").querySelectorAll("button").length > 1;
    for (const [name, is] of Object.entries(can)) {
      for (const tool of this.root.querySelectorAll<HTMLElement>(`[data-do="${name}"]`)) tool.hidden = !is;
    }
    const pressed = {
      cut: state.isCutting,
      use: state.isUsing,
      post: state.isPosting,
      compare: state.isComparing,
      heat: state.isHot,
      all: state.isAll,
    };
    for (const [name, is] of Object.entries(pressed)) {
      one(this.root, `[data-do="${name}"]`).setAttribute("aria-pressed", String(is));
    }
    this.say("choose", can.compare && state.isComparing ? "Choose the other picture among those with a dashed frame." : "");
    this.find("shelf").toggleAttribute("data-choose", can.compare && state.isComparing);
    this.askAgain(false);
    this.find("uses").hidden = !(can.use && state.isUsing);
    this.find("posts").hidden = !(can.post && state.isPosting);
    this.find("heat").hidden = this.find("scale").hidden = !(can.heat && state.isHot);
    this.find("cut").hidden = !(can.cut && state.isCutting);
    if (!sheet || !can.cut) return;
    Object.assign(one(this.find("cut"), "input"), { max: sheet.drawn - 1, value: state.row });
    this.find("cut-text").textContent = `Keep ${state.row} ${state.row === 1 ? "row" : "rows"}, draw the others anew`;
  }

  /** What is cleared is gone: asked once more. Whether it has been. */
  askAgain(isAsked: boolean): boolean {
    const forget = this.find("forget");
    const was = forget.textContent;
    forget.textContent = isAsked ? "Clear for good" : "Clear";
    return was === forget.textContent;
  }

  showFacts(sheet: Sheet | undefined): void {
    this.find("chips").replaceChildren(...(sheet ? chipsOf(sheet) : []));
  }

  showHeat(sheet: Sheet | undefined): void {
    const each = sheet?.forwards ? (sheet.tokens ?? 0) / sheet.forwards : 0;
    const text = each ? `${each.toFixed(1)} codes accepted per forward pass, ${sheet?.forwards} passes` : "";
    const bars = this.find<HTMLCanvasElement>("accepted");
    this.find("heat-text").textContent = text;
    bars.setAttribute("aria-label", text);
    paintAccepted(bars, sheet?.accepted ?? [], getComputedStyle(this.root).getPropertyValue("--accent"));
  }
}

/** Places for pictures that are still to come. */
function blanks(stage: HTMLElement, count: number, like: Sheet | undefined): HTMLElement[] {
  const before = stage.querySelectorAll<HTMLElement>(".easel-blank");
  return Array.from({ length: Math.max(0, count) }, (_, at) => {
    const blank = before[at] ?? made("div", "easel-cell easel-blank");
    blank.innerHTML ||= '<div class="easel-paper"></div>';
    if (like) one(blank, ".easel-paper").style.aspectRatio = `${like.width} / ${like.height}`;
    return blank;
  });
}

function fillCell(cell: HTMLElement, sheet: Sheet, state: State, isAlone: boolean, best: number): void {
  const paper = one(cell, ".easel-paper");
  const part = drawnPart(sheet);
  const image = one<HTMLImageElement>(cell, ".easel-true");
  paper.style.aspectRatio = `${sheet.width} / ${sheet.height}`;
  paper.style.setProperty("--wide", String(sheet.width / sheet.height));
  cell.dataset.state = part < 1 ? (isActive(state) ? "drawing" : "stopped") : "whole";
  cell.style.setProperty("--drawn", String(part));
  cell.style.setProperty("--cut", String(state.isCutting && sheet.rows ? state.row / sheet.rows : 0));
  cell.toggleAttribute("data-cut", state.isCutting && isAlone);
  cell.toggleAttribute("data-current", !isAlone && sheet.key === state.current);
  cell.toggleAttribute("data-heat", state.isHot && Boolean(sheet.nll));
  cell.tabIndex = isAlone ? -1 : 0;
  cell.setAttribute("role", isAlone ? "group" : "button");
  cell.title = state.isChoosing && !isAlone ? "Keep this one" : "";
  if (!isActive(state)) image.src = urlOf(sheet.png);
  image.alt = sheet.prompt;
  const score = one(cell, ".easel-score");
  const told = sheet.score === best ? ", the best" : "";
  score.textContent = isAlone || sheet.score == null ? "" : `score ${sheet.score.toFixed(3)}${told}`;
  score.title = SCORED;
  void paintPicture(one<HTMLCanvasElement>(cell, ".easel-paint"), sheet, part < 1 ? state.under : null);
  if (state.isHot) paintHeat(one<HTMLCanvasElement>(cell, ".easel-heatmap"), sheet);
}

/** Which tools there are. */
export function toolsFor(sheet: Sheet | undefined, group: readonly Sheet[], state: Shown, hasUses: boolean) {
  const isIdle = !isActive(state);
  const rows = sheet?.codes ? sheet.drawn : 0;
  const isOwn = isIdle && sheet !== undefined && !sheet.isBrought;
  const hasFile = isIdle && sheet !== undefined && sheet.png !== "" && !sheet.isPending;
  return {
    halt: !isIdle,
    resume: isIdle && rows > 0 && rows < (sheet?.rows ?? 0),
    replay: isOwn && !state.isMissing && sheet.png !== "" && (!sheet.codes || sheet.key === state.returned),
    save: hasFile,
    post: hasFile,
    share: hasFile && isOwn,
    cut: isIdle && rows > 1,
    adopt: isIdle && rows > 0,
    workflow: isOwn,
    use: isIdle && Boolean(sheet?.png) && hasUses,
    open: isIdle && sheet !== undefined,
    forget: isIdle,
    compare: hasFile,
    heat: rows > 0,
    all: group.length > 1,
  };
}

function chipsOf(sheet: Sheet): HTMLElement[] {
  const size: [string, string] = ["size", `${sheet.width} × ${sheet.height}`];
  const chips: [string, string][] = sheet.isBrought ? [size] : [["seed", `seed ${sheet.seed}`], size];
  if (sheet.codes && sheet.drawn < sheet.rows) chips.push(["rows", `${sheet.drawn} of ${sheet.rows} rows`]);
  if (sheet.seconds) chips.push(["time", `${sheet.seconds.toFixed(1)} s`]);
  if (sheet.score != null) chips.push(["score", `score ${sheet.score.toFixed(3)}`]);
  if (sheet.model) chips.push(["model", sheet.model]);
  if (sheet.model && !sheet.codes) chips.push(["file", sheet.isShared ? "shared with you" : "from a file"]);
  if (sheet.match === true) chips.unshift(["same", "identical ✓"]);
  if (sheet.match === false) chips.unshift(["other", "not identical"]);
  return chips.map(([kind, text]) => made("span", `easel-chip ${kind}`, text, { title: kind === "score" ? SCORED : "" }));
}
