// One picture of the gallery, large: arrow keys and swipes lead to the next, Escape back to its card.

import type { Card } from "../messages.gen";
import { around, one } from "../common/dom";
import { actionsOf } from "./cards";
import { wish } from "./wishes";

const SWIPE = 40; // pixels

export class Large {
  private id = "";
  private url = "";

  constructor(
    private readonly dialog: HTMLDialogElement,
    private readonly cards: () => readonly Card[],
    left: (id: string) => void,
  ) {
    dialog.addEventListener("click", (event) => this.heed(around(event, "[data-step]")?.dataset.step));
    dialog.addEventListener("keydown", ({ key }) => this.heed({ ArrowLeft: "-1", ArrowRight: "1" }[key]));
    dialog.addEventListener("close", () => {
      this.show("");
      left(this.id);
    });
    this.listenToSwipes(one(dialog, "img"));
  }

  open(id: string): void {
    this.id = id;
    this.fill();
    if (!this.dialog.open) this.dialog.showModal();
  }

  close(): void {
    if (this.dialog.open) this.dialog.close();
  }

  /** Other pictures are there: of one that is not any more, the next is shown. */
  refresh(before: readonly Card[]): void {
    if (!this.dialog.open) return;
    const ids = this.cards().map(({ id }) => id);
    if (!ids.includes(this.id)) {
      const at = before.findIndex(({ id }) => id === this.id);
      this.id = before.slice(at).find(({ id }) => ids.includes(id))?.id ?? ids.at(-1) ?? "";
    }
    if (this.id) this.fill();
    else this.close();
  }

  private heed(step: string | undefined): void {
    if (step === "0") this.close();
    else if (step) this.step(Number(step));
  }

  private step(by: number): void {
    const all = this.cards();
    const next = all[all.findIndex(({ id }) => id === this.id) + by];
    if (next) this.open(next.id);
  }

  private fill(): void {
    const all = this.cards();
    const at = all.findIndex(({ id }) => id === this.id);
    const card = all[at];
    if (!card) return;
    this.dialog.setAttribute("aria-label", card.title);
    one(this.dialog, ".gallery-title").textContent = card.title;
    one(this.dialog, ".gallery-note").textContent = "";
    one(this.dialog, ".gallery-place").textContent = `${at + 1} of ${all.length} · ${card.size}`;
    for (const [step, is] of [["-1", at > 0], ["1", at < all.length - 1]] as const) {
      one(this.dialog, `[data-step="${step}"]`).setAttribute("aria-disabled", String(!is)); // which keeps the focus
    }
    one(this.dialog, ".gallery-acts").replaceChildren(...actionsOf(card));
    void this.develop(card);
  }

  /** The small picture at once, and the picture itself when it is here. */
  private async develop(card: Card): Promise<void> {
    const image = one<HTMLImageElement>(this.dialog, "img");
    if (image.dataset.id === card.id) return;
    image.alt = card.title;
    image.dataset.id = card.id;
    this.show(card.image);
    const picture = await wish("picture", [card.id]).catch(() => null); // the small one stays
    if (picture && this.dialog.open && this.id === card.id) this.show(URL.createObjectURL(picture));
  }

  private show(url: string): void {
    const image = one<HTMLImageElement>(this.dialog, "img");
    URL.revokeObjectURL(this.url);
    this.url = url;
    if (url) image.src = url;
    else {
      image.removeAttribute("src");
      delete image.dataset.id;
    }
  }

  private listenToSwipes(image: HTMLImageElement): void {
    let from: { x: number; y: number } | null = null;
    image.addEventListener("pointerdown", ({ clientX, clientY }) => (from = { x: clientX, y: clientY }));
    image.addEventListener("pointerup", ({ clientX, clientY }) => {
      const x = clientX - (from?.x ?? clientX);
      const y = clientY - (from?.y ?? clientY);
      from = null;
      if (Math.abs(x) > SWIPE && Math.abs(x) > Math.abs(y)) this.step(x < 0 ? 1 : -1);
    });
  }
}
