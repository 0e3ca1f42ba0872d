// Settings that come back from the file of a picture: Python reads its recipe, the pixels stay here.

import type { RecipeSheet, Restored } from "../messages.gen";
import { base64Of, MAX_FILE } from "../common/bytes";
import { one } from "../common/dom";
import { bringTo } from "../common/between_tabs";
import type { Host } from "../common/host";
import { isPng, sizeOfPng, withoutPixels } from "../common/png";
import { firstFormIsKept } from "../studio/forms";
import { pictureIn, imageFieldsOf } from "../image_field/image_field";
import type { Easel, EaselProps } from "./easel";
import { leaveOpening } from "./opening";
import type { Running } from "./running";
import { sizeIn } from "./shared";
import type { Sheet } from "./state";

type File = Pick<Sheet, "png" | "width" | "height">;

export class Returning {
  private pending: { isReplay: boolean; file: File | null } | null = null; // whose recipe is read; of a link no file
  private filled: Promise<unknown> = Promise.resolve(); // settles once its settings are in the form

  constructor(
    private readonly easel: Easel,
    private readonly running: Running,
    private readonly trigger: Host<EaselProps>["trigger"],
  ) {}

  /** Brings the settings of a file back into the form; a replay then draws them. */
  async open(file: Blob, isReplay = false): Promise<void> {
    if (this.running.waits(() => void this.open(file))) return;
    const bytes = new Uint8Array(await file.slice(0, MAX_FILE).arrayBuffer());
    if (!isPng(bytes)) return this.refused("Only a PNG picture that was made here carries its settings.");
    this.ask({ isReplay, file: { png: base64Of(bytes), ...sizeOfPng(bytes) } }, { png: base64Of(withoutPixels(bytes)) });
  }

  /** Draws the picture of a link, once the form has what this browser has kept of it. */
  async openLinked(code: string): Promise<void> {
    await firstFormIsKept;
    this.ask({ isReplay: true, file: null }, { code });
  }

  private ask(pending: NonNullable<Returning["pending"]>, of: { png: string } | { code: string }): void {
    const name = `lumina-filled-${this.easel.task}`;
    this.pending = pending;
    this.filled = new Promise((resolve) => window.addEventListener(name, resolve, { once: true }));
    this.trigger("restore", of);
  }

  async restored({ sheet, message }: Restored): Promise<void> {
    if (!this.pending) return;
    const { isReplay, file } = this.pending;
    const { state, task, tab } = this.easel;
    leaveOpening(this.easel, null);
    const same = state.sheets.find((other) => isSamePicture(other, sheet));
    if (!same) this.easel.put({ ...sheet, ...(file ?? { png: "", ...sizeIn(sheet) }) });
    if (!file) this.easel.shared = sheet;
    const [given] = Object.values(same?.given ?? {});
    if (given) bringTo(task, given);
    const fields = given ? [] : imageFieldsOf(tab);
    const more = fields.length ? " Put in the picture that it began with." : "";
    const run = { ...state.run, state: "stopped" as const, sheets: [], message: message + more };
    const { key } = same ?? sheet;
    Object.assign(state, { run, current: key, returned: key, isAll: false });
    this.easel.show();
    this.easel.keep();
    if (isReplay && fields.every(pictureIn)) await this.replay();
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
