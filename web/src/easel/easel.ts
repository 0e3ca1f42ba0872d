// One easel: its state, the pictures that it keeps, and all that is shown of them.

import type { EaselView, PromptPart, Refusal, Restored, Saved, Settled, Use } from "../messages.gen";
import { bytesOf } from "../common/bytes";
import { compareLarge } from "../common/comparing";
import { one } from "../common/dom";
import { offerAt, pngBlob } from "../common/download";
import { plain, type Host } from "../common/host";
import { showAgain } from "./again";
import { Face, urlOf } from "./face";
import { openShelf, type Shelf } from "./browser_store";
import { remarkOn, type SharedPicture } from "./shared";
import { emptyState, isActive, placeAmong, runOf, saidOf, statusOf, type Sheet } from "./state";
import { makePrompt, type Prompt } from "./prompt";
import { openTurns, type Turns } from "./turns";
import { noteUnkept } from "./unkept";
import { makeTeller, needsPicture, type Teller } from "./uses";

export interface EaselProps {
  storage_key: string; // the tab's task, under which the browser keeps its pictures
  invite: string;
  uses: Use[];
  turns: string; // the field for a picture into which each result goes; empty without turns
  opening: string; // the address of the sheet that whoever comes first is shown; empty without one
  cuts: number[][]; // sizes of pictures whose objects the model can tell apart
  saved: Partial<Saved>;
  view: EaselView | Restored | Refusal | Settled | Record<string, never>;
  answered: string;
  told: string; // what there is to say of the picture that is looked at
  words: PromptPart[]; // its prompt in parts
}

const SAVE_EVERY = 1000; // milliseconds, while something is drawn

export class Easel {
  readonly state = emptyState();
  readonly task: string;
  readonly root: HTMLElement;
  readonly tab: HTMLElement;
  readonly uses: readonly Use[];
  readonly face: Face;
  readonly shelf: Shelf;
  readonly teller: Teller;
  readonly turns: Turns | null;
  words: readonly PromptPart[]; // the prompt in parts that was told last
  shared: SharedPicture | null = null; // of the link that this page was opened with, until it is drawn
  showPosts: (sheet: Sheet | undefined) => void = () => {};
  showFollower: (sheet: Sheet | undefined) => void = () => {};
  choose: (key: string) => void = (key) => this.pick(key);
  reword: (sheet: Sheet, at: number, word: string) => void = () => {};
  private readonly prompt: Prompt;
  private readonly offer: ReturnType<typeof offerAt>;
  private savedAt = 0;

  constructor({ element, props, trigger }: Host<EaselProps>) {
    const pick = (key: string) => this.pick(key);
    const choose = (key: string) => this.choose(key);
    this.task = props.storage_key;
    this.root = one(element, ".easel");
    this.tab = element.closest<HTMLElement>(".task-tab") ?? document.body;
    this.uses = plain(props.uses ?? []);
    this.words = plain(props.words ?? []);
    this.face = new Face(this.root, pick, choose);
    this.shelf = openShelf(this.task);
    this.teller = makeTeller(this.tab, (picture) => {
      this.face.say("told", "");
      trigger("seen", picture);
    });
    this.prompt = makePrompt(this.face.find("prompt"), (at, word) => this.current && this.reword(this.current, at, word));
    this.offer = offerAt(one<HTMLAnchorElement>(this.root, '[data-do="save"]'));
    const { root, tab, task } = this;
    this.turns = props.turns ? openTurns({ root, tab, task, field: props.turns, pick }) : null;
    this.face.find("invite").textContent = `${props.invite} Watch it being painted, row by row.`;
  }

  /** The name of its tab in the address. */
  get address(): string {
    return this.root.closest('[id^="tab-"]')?.id.slice(4) ?? "";
  }

  get isActive(): boolean {
    return isActive(this.state);
  }

  /** The picture that the tools act on. */
  get current(): Sheet | undefined {
    return this.sheetOf(this.state.current);
  }

  sheetOf(key: string | null): Sheet | undefined {
    return this.state.sheets.find((sheet) => sheet.key === key) ?? this.turns?.sheetOf(key);
  }

  /** The pictures of one run, in their order. */
  family(key: string | null): Sheet[] {
    return this.state.sheets.filter((sheet) => runOf(sheet.key) === runOf(key ?? "")).reverse();
  }

  pick(key: string): void {
    const sheet = this.sheetOf(key);
    if (!sheet) return;
    if (this.state.isComparing && this.current) return this.compare(this.current, sheet);
    Object.assign(this.state, { current: key, returned: null, isAll: false, isCutting: false });
    this.show();
    if (this.isActive) return;
    this.turns?.give(key);
    this.keep();
  }

  /** Its prompt in parts: those that were told last, if they are its own, which it then keeps. */
  private wordsOf(sheet: Sheet | undefined): readonly PromptPart[] {
    if (!sheet || sheet.task !== this.task) return [];
    if (this.words.map(({ text }) => text).join("") === sheet.prompt) sheet.words = this.words;
    return sheet.words ?? [];
  }

  private compare(left: Sheet, right: Sheet): void {
    const sideOf = ({ png, prompt, seed }: Sheet) => ({ url: urlOf(png), title: seed ? `${prompt} · seed ${seed}` : prompt });
    this.state.isComparing = false;
    this.show();
    if (left !== right) void compareLarge(sideOf(left), sideOf(right));
  }

  put(sheet: Sheet): void {
    const { sheets } = this.state;
    const at = sheets.findIndex((other) => other.key === sheet.key);
    if (at >= 0) sheets[at] = sheet;
    else sheets.splice(placeAmong(sheets, sheet.key), 0, sheet);
  }

  /** A picture that asks for the same as an earlier one must have the same codes; then it takes its place. */
  compareWithTwin(key: string): void {
    const { sheets } = this.state;
    const sheet = sheets.find((each) => each.key === key);
    const twin = sheets.find((other) => other.key !== key && other.identity === sheet?.identity);
    if (!sheet || !twin?.digest) return;
    sheet.match = twin.digest === sheet.digest;
    if (!twin.series) delete sheet.series; // it stays, whatever is drawn next
    if (!sheet.match && twin.png) return;
    sheet.png = twin.png || sheet.png; // the same picture, by which its turns know it; of a link there is none
    this.state.sheets = sheets.filter((other) => other !== sheet).map((other) => (other === twin ? sheet : other));
  }

  /** What there is to say once the picture of a link is drawn. */
  sharedRemark(sheets: readonly Sheet[]): string {
    const { shared } = this;
    const drawn = shared && sheets.find(({ seed, prompt }) => seed === shared.seed && prompt === shared.prompt);
    return drawn ? remarkOn(drawn, shared) : "";
  }

  /** Once something is drawn, that or something else, the picture of a link goes, unless the new ones are compared with it or
   * were made from it; and what is drawn next has a seed of its own. */
  leaveShared(drawn: readonly Sheet[]): void {
    const { shared, state, tab } = this;
    const isLeft = ({ isShared, identity, png }: Sheet) =>
      isShared && !(png && drawn.some((sheet) => sheet.identity === identity || Object.values(sheet.given ?? {}).includes(png)));
    state.sheets = state.sheets.filter((sheet) => !isLeft(sheet));
    const lock = shared && tab.querySelector<HTMLInputElement>(".lock input");
    if (lock?.checked) lock.click();
    this.shared = null;
  }

  keep(): void {
    this.savedAt = Date.now();
    const { sheets, current, run } = this.state;
    const shown = runOf(current ?? "");
    void this.shelf.save(sheets, current, (sheet) => runOf(sheet.key) === shown).then((isSaved) => {
      if (!isSaved && this.isActive) return;
      if (run.sheets.length && run.key === this.state.run.key) noteUnkept(this.task, null);
    });
  }

  keepNowAndThen(): void {
    if (Date.now() - this.savedAt > SAVE_EVERY) this.keep();
  }

  show(): void {
    const { state, current: sheet, isActive } = this;
    this.showPictures(sheet);
    if (state.run.state !== "waiting") this.prompt.show(sheet?.prompt ?? "", this.wordsOf(sheet));
    showAgain(this.face.find("again"), state, sheet);
    this.face.showFacts(sheet);
    const isMissing = needsPicture(sheet, this.tab);
    this.face.showTools(sheet, this.family(state.current), { ...state, isMissing }, this.uses.length > 0);
    this.tab.toggleAttribute("data-wanting", isMissing && state.returned === state.current && !isActive);
    if (sheet && !isActive) this.offer(sheet.png, () => pngBlob(bytesOf(sheet.png)), sheet.file || "picture.png");
    this.showPosts(sheet);
    this.showFollower(sheet);
    if (state.isHot) this.face.showHeat(sheet);
    this.face.say("status", statusOf(state, sheet));
    this.face.say("said", saidOf(state, sheet));
    this.face.say("problem", state.run.state === "failed" ? (state.run.message ?? "") : "");
    const { done = 0, total } = state.run;
    this.face.find("bar").style.setProperty("--done", String(isActive && total ? done / total : 0));
    if (!isActive) this.teller.look(sheet);
  }

  private showPictures(sheet: Sheet | undefined): void {
    const { state, isActive } = this;
    const group = this.family(state.current);
    const places = state.isAll ? Math.max(group.length, isActive ? state.run.count : 0) : 1;
    const isEmpty = !sheet && !isActive;
    this.root.dataset.state = isEmpty ? "empty" : state.run.state;
    this.tab.toggleAttribute("data-running", isActive);
    this.tab.querySelector(".examples")?.toggleAttribute("inert", isActive);
    this.face.showCells(state.isAll ? group : sheet ? [sheet] : [], state, isEmpty ? 0 : places);
    if (this.turns) this.turns.show(state.sheets, state.current);
    else this.face.showStrip(state.sheets, state.current);
  }
}
