// A run, from the click to its end: what is asked of Python, what it tells, and what is made of what was stopped.

import type { Continued, EaselView, Follow, Rerolled, Reworded, Sheet as Told } from "../messages.gen";
import type { Host } from "../common/host";
import { watchPlace } from "../common/place";
import { reason } from "../common/proxy";
import { againOf } from "./again";
import type { Easel, EaselProps } from "./easel";
import { pointOut, unmark } from "./faulty_field";
import { formersOf, underOf } from "./following";
import { makeGate } from "./gradio_queue";
import { leaveOpening } from "./opening";
import { draftOf, mergedNll } from "./paint";
import { assembled, followed, idleRun, isUnfinished, stoppedAt, type Given, type Sheet } from "./state";
import { noteUnkept, takeUnkept } from "./unkept";
import { imagesIn } from "./uses";

const NEARLY = 120; // pixels of a picture that are out of sight
const PATIENCE = 20_000; // milliseconds for the file of a stopped picture
const SILENCE = 1500; // milliseconds after the end of a run until its missing last view counts as a fault
const UNKEPT = "Nothing was drawn yet when the connection was lost or the page was left;";

export class Running {
  private readonly gate: ReturnType<typeof makeGate>;
  private readonly waiting: (() => void)[] = []; // for the end of what is drawn

  constructor(
    private readonly easel: Easel,
    private readonly trigger: Host<EaselProps>["trigger"],
  ) {
    this.gate = makeGate(easel.task, () => this.ended());
    for (const name of ["lumina-away", "lumina-cut"]) window.addEventListener(name, () => this.lost());
    watchPlace((sentence) => this.wait(sentence));
  }

  /** Shows that something is to be drawn: anew, or from a picture `before`. */
  begin(before: Sheet | null = null, held: Given | null = imagesIn(this.easel.tab), series = ""): void {
    const given = before ? (before.given ?? {}) : held;
    const run = { ...idleRun(), state: "waiting" as const, message: "" };
    const former = before || !held ? null : (this.easel.current ?? null); // an example is another wish
    leaveOpening(this.easel, before);
    Object.assign(this.easel.state, { before, former, again: null, held, given, run, series, under: null, returned: null, isCutting: false, isComparing: false, isChoosing: false });
    if (series) this.easel.state.under = underOf(this.easel, series);
    this.easel.show();
    unmark(this.easel.tab);
    noteUnkept(this.easel.task, `${UNKEPT} ${before ? "ask for it again." : "press Generate."}`);
    if (series) return; // whoever draws looks at the sheet
    this.bringIntoView();
  }

  bringIntoView(): void {
    const { root, face } = this.easel;
    const isSeen = root.getBoundingClientRect().top >= 0 && face.find("line").getBoundingClientRect().bottom <= window.innerHeight;
    if (isSeen) return;
    root.scrollIntoView({ behavior: "smooth", block: "start" });
    document.addEventListener("scrollend", () => this.bringTopIntoView(), { once: true });
  }

  /** What is above the picture may have become less while the page scrolled to it. */
  private bringTopIntoView(): void {
    const { root } = this.easel;
    const { top } = root.getBoundingClientRect();
    if (top < 0 && top > -NEARLY) root.scrollIntoView({ behavior: "smooth", block: "start" });
  }

  /** After a reload: what was asked for before it, if nothing of it was kept. */
  recall(): void {
    const message = this.easel.isActive ? "" : takeUnkept(this.easel.task);
    if (!message) return;
    this.easel.state.run = { ...idleRun(), state: "failed", message };
    this.easel.show();
  }

  /** What waits in the queue says when it will be its turn. */
  private wait(sentence: string): void {
    const { run } = this.easel.state;
    if (run.state !== "waiting" || run.key) return;
    this.easel.state.run = { ...run, message: sentence };
    this.easel.show();
  }

  /** Draws what is on the sheet now; what is drawn of it so far makes place. */
  follow(series: string): void {
    if (this.easel.isActive && this.gate.stop()) this.trigger("halt");
    this.easel.state.isListening = false;
    this.begin(null, null, series); // the image field changes only now
    this.ask("follow", { series });
  }

  ask(name: "resume" | "reroll" | "reword" | "follow", payload: Continued | Rerolled | Reworded | Follow): void {
    if (!this.mayBegin(() => this.ask(name, payload))) return;
    this.trigger(name, payload);
  }

  /** Whether Gradio is free for a run, whose views are then listened to; if not, `later` is called once it is. */
  mayBegin(later: () => void): boolean {
    const isFree = this.gate.pass(later);
    if (isFree) this.easel.state.isListening = true;
    return isFree;
  }

  halt(): void {
    if (!this.easel.isActive) return;
    noteUnkept(this.easel.task, null);
    if (this.gate.stop()) this.trigger("halt");
    this.stop("");
  }

  /** The run is over, before its end; what is there of it stays, and is drawn on by Continue. */
  private stop(why: string): void {
    const sheet = this.easel.state.run.sheets.at(-1);
    if (sheet && isUnfinished(sheet)) {
      this.easel.state.current = sheet.key;
      this.settle("stopped", `${stoppedAt(sheet)}${why}`);
    } else {
      const former = this.easel.current ? " What you see is the picture before." : "";
      this.settle("stopped", sheet ? `Stopped.${why}` : `Stopped before the first row.${former}${why}`);
    }
  }

  /** The end, whatever comes after it. */
  settle(outcome: "done" | "stopped" | "failed", message: string): void {
    const { state, face } = this.easel;
    const { series } = state;
    state.isListening = false;
    state.under = null;
    state.sheets.filter(({ strips }) => strips?.length).forEach((sheet) => void this.develop(sheet));
    state.run = { ...state.run, state: outcome, message };
    this.easel.show();
    this.waiting.splice(0).forEach((act) => act());
    if (outcome === "failed" && !series) {
      face.find("problem").scrollIntoView({ behavior: "smooth", block: "nearest" });
      pointOut(this.easel.tab, message);
    }
    this.easel.keep();
  }

  /** Done at the end of what is drawn; whether there is something to wait for. */
  waits(act: () => void): boolean {
    if (this.easel.isActive) this.waiting.push(act);
    return this.easel.isActive;
  }

  receive(view: EaselView): void {
    if (!view.run || !this.easel.state.isListening) return;
    const sheets = this.taken(view);
    if (view.state === "failed") noteUnkept(this.easel.task, null);
    if (view.state === "done") return this.done(sheets, view.message ?? "");
    if (view.state === "failed") return this.settle("failed", view.message ?? "");
    this.easel.show();
    if (view.sheets.length) this.easel.keepNowAndThen();
  }

  /** The pictures of a view, which the easel keeps from here on. */
  private taken(view: EaselView): Sheet[] {
    const { state, tab } = this.easel;
    state.held ??= imagesIn(tab);
    const given = (state.given ??= state.held);
    const drawn = view.sheets.filter((sheet) => sheet.drawn).map(assembled);
    const series = state.series && { series: state.series };
    const sheets = drawn.map((sheet) => ({ ...mergedNll(sheet, state.before), given, ...series }));
    const isFirst = sheets.length > 0 && state.run.sheets.length === 0;
    state.run = followed(view, sheets);
    sheets.forEach((sheet) => this.takePlace(sheet));
    if (isFirst) Object.assign(state, { current: sheets[0]?.key ?? null, isAll: view.count > 1 });
    return sheets;
  }

  private takePlace(sheet: Sheet): void {
    const { state } = this.easel;
    const formers = formersOf(sheet, state.sheets);
    state.sheets = state.sheets.filter((other) => !formers.includes(other));
    this.easel.put(sheet);
  }

  private done(sheets: readonly Sheet[], remark: string): void {
    for (const { key } of sheets) this.easel.compareWithTwin(key);
    const { state } = this.easel;
    if (state.isAll && sheets[0]) state.current = this.easel.family(sheets[0].key)[0]?.key ?? null; // the best
    state.again = againOf(state.former, sheets);
    const said = [this.easel.sharedRemark(sheets), remark].filter(Boolean).join(" ");
    this.easel.leaveShared(sheets);
    this.settle("done", said);
    const { current, held } = this.easel.state;
    this.easel.turns?.goOn(current, held);
  }

  /** What was stopped is shown as it was painted, until its file is here. */
  async develop(sheet: Sheet): Promise<void> {
    if (!sheet.strips?.length && !sheet.isPending) return;
    if (sheet.strips?.length) {
      const { canvas, ready } = draftOf(sheet);
      await ready;
      sheet.png = canvas.toDataURL("image/png").split(",")[1] ?? "";
    }
    delete sheet.strips;
    sheet.isPending = true;
    setTimeout(() => {
      delete sheet.isPending; // without the file, there is what was painted
      this.easel.show();
    }, PATIENCE);
    this.easel.show();
    this.easel.keep();
    this.trigger("halted", goingOn(sheet));
  }

  /** The file of a picture that was stopped. */
  settled(told: Told): void {
    const there = this.easel.state.sheets.find((sheet) => sheet.key === told.key);
    if (!there || there.drawn !== told.drawn || this.easel.isActive) return;
    this.easel.put({ ...mergedNll(told, there), given: there.given ?? {} });
    this.easel.show();
    this.easel.keep();
  }

  /** The event is over, in whatever way; if its last view says otherwise, something broke on the way. */
  private ended(): void {
    const { run } = this.easel.state;
    setTimeout(() => {
      if (this.easel.state.run !== run || !this.easel.isActive) return;
      this.settle("failed", reason("The studio stopped answering; what is drawn is kept. Try again."));
    }, SILENCE);
  }

  private lost(): void {
    if (!this.easel.isActive) return;
    this.gate.reset();
    if (this.easel.state.run.sheets.length) return this.stop(" The studio was lost; Continue goes on once it is back.");
    this.settle("failed", "The studio was lost before the first row. Try again once it answers.");
  }
}

/** What the server needs to go on from a picture. */
export const goingOn = ({ key, task, inputs, model, codes, cols, given }: Sheet): Continued =>
  ({ key, task, inputs, model, codes, cols, given: given ?? {} });
