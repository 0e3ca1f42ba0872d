// Settings that come back from the file of a picture: Python reads its recipe, the pixels stay here.

import type { RecipeSheet, Restored } from "../messages.gen";
import { base64Of, bytesOf, MAX_FILE } from "../common/bytes";
import { one } from "../common/dom";
import { bringTo } from "../common/between_tabs";
import { COMING, sharedPng, type Linked } from "../common/sharing";
import type { Host } from "../common/host";
import { isPng, sizeOfPng, withoutPixels } from "../common/png";
import { firstFormIsKept } from "../studio/forms";
import type { Easel, EaselProps } from "./easel";
import { leaveOpening } from "./opening";
import type { Running } from "./running";
import { NOT_THERE, PUT_IN, SHARED, sizeIn } from "./shared";
import { idleRun, type Sheet } from "./state";
import { needsPicture } from "./uses";

type File = Pick<Sheet, "png" | "width" | "height">;

export class Returning {
  private pending: { isReplay: boolean; file: File | null; linked: Linked | null } | null = null; // whose recipe is read
  private filled: Promise<unknown> = Promise.resolve(); // settles once its settings are in the form

  constructor(
    private readonly easel: Easel,
    private readonly running: Running,
    private readonly trigger: Host<EaselProps>["trigger"],
  ) {}

  /** Brings the settings of a file back into the form; a replay then draws them. */
  async open(blob: Blob, isReplay = false): Promise<void> {
    if (this.running.waits(() => void this.open(blob))) return;
    const bytes = new Uint8Array(await blob.slice(0, MAX_FILE).arrayBuffer());
    if (!isPng(bytes)) return this.refused("Only a PNG picture that was made here carries its settings.");
    const file = { png: base64Of(bytes), ...sizeOfPng(bytes) };
    this.ask({ isReplay, file, linked: null }, { png: base64Of(withoutPixels(bytes)) });
  }

  /** Shows or draws the picture of a link, once the form has what this browser has kept of it. */
  async openLinked(linked: Linked): Promise<void> {
    const { easel, running } = this;
    easel.state.run = { ...idleRun(), key: "linked", state: "waiting", message: COMING };
    easel.show();
    running.bringIntoView();
    window.dispatchEvent(new Event("lumina-linked"));
    const png = linked.result && (await sharedPng(linked.result));
    await firstFormIsKept;
    this.ask({ isReplay: true, file: png ? { png, ...sizeOfPng(bytesOf(png)) } : null, linked }, { code: linked.code });
  }

  private ask(pending: NonNullable<Returning["pending"]>, of: { png: string } | { code: string }): void {
    const name = `lumina-filled-${this.easel.task}`;
    this.pending = pending;
    this.filled = new Promise((resolve) => window.addEventListener(name, resolve, { once: true }));
    this.trigger("restore", of);
  }

  async restored({ sheet, message }: Restored): Promise<void> {
    if (!this.pending) return;
    const { isReplay, file, linked } = this.pending;
    const { state, task } = this.easel;
    const isLeft = linked !== null && state.run.state !== "waiting"; // somebody pressed Stop
    leaveOpening(this.easel, null);
    const there = state.sheets.find((other) => isSamePicture(other, sheet));
    const same = there?.png ? there : undefined;
    const link = linked && { isShared: true, id: linked.result };
    if (!same) this.easel.put({ ...sheet, ...(file ?? { png: "", ...sizeIn(sheet) }), ...link });
    if (linked) this.easel.shared = sheet;
    const [given] = Object.values(same?.given ?? {});
    if (given) bringTo(task, given);
    const shown = same ?? this.easel.sheetOf(sheet.key);
    const isMissing = needsPicture(shown, this.easel.tab);
    const first = linked && isMissing ? (file ? SHARED : NOT_THERE) : message;
    const run = { ...state.run, state: "stopped" as const, sheets: [], message: isMissing ? `${first} ${PUT_IN}` : first };
    Object.assign(state, { run, current: shown?.key ?? null, returned: shown?.key ?? null, isAll: false });
    this.easel.show();
    this.easel.keep();
    if (isReplay && !isMissing && !isLeft) await this.replay();
  }

  private async replay(): Promise<void> {
    await this.filled;
    if (!this.easel.isActive) one(this.easel.tab, ".generate").click();
  }

  refused(message: string): void {
    const { state } = this.easel;
    state.run = { ...state.run, sheets: [] };
    this.running.settle("failed", message);
  }
}

const isSamePicture = (one: Sheet, other: RecipeSheet): boolean =>
  one.identity === other.identity && one.digest === other.digest;
