// What a person does with the gallery: look, search, open one large, bring it to a tab, take several at once.

import type { Card, Cards, Handed, Use } from "../messages.gen";
import { around, one } from "../common/dom";
import { compareLarge, type Side } from "../common/comparing";
import { saveAs } from "../common/download";
import { bringTo, openTab, openWorkflow, returnTo } from "../common/between_tabs";
import { plain, type Host } from "../common/host";
import { sharePicture } from "../common/sharing";
import { isRemembered, visitor } from "../common/visitor";
import { halfOf } from "../common/halves";
import { cardOf, noteAt, showStar, summaryOf, usesOf } from "./cards";
import { makeDeleting, type Deleting } from "./deleting";
import { Large } from "./large";
import { Selection } from "./selection";
import { pictureOf, wish } from "./wishes";

export interface GalleryProps {
  promise: string;
  uses: Use[];
  shown: Partial<Cards>;
  handed: Partial<Handed>;
}

const PAGE = 48;
const PAUSE = 250; // milliseconds without a key before the words are looked up

const FORGOTTEN =
  "This browser keeps nothing for this page, and so your pictures are here until you leave it; download what you want to keep.";

/** What is said of how long pictures are kept, where this browser will know whose they are. */
const promised = (promise: string): string => (promise && !isRemembered() ? FORGOTTEN : promise);

const ticket = () => `${Date.now()}-${Math.random()}`;

/** Puts the gallery into its element, once; it triggers 'look' 'restore'. */
export function mountGallery(host: Host<GalleryProps>): void {
  const { props, watch } = host;
  const gallery = new Gallery(one(host.element, ".gallery"), host.trigger, plain(props.uses ?? []));
  gallery.find("promise").textContent = promised(props.promise);
  gallery.listen();
  watch("shown", () => gallery.show(plain(props.shown ?? {})));
  watch("handed", () => gallery.receive(plain(props.handed ?? {})));
}

class Gallery {
  private readonly search: HTMLInputElement;
  private readonly large: Large;
  private readonly selection: Selection;
  private readonly deleting: Deleting;
  private count = PAGE;
  private latest: Partial<Cards> = {};
  private cards: Card[] = []; // that are shown
  private asked = ""; // the ticket of the cards that are wanted; answers to earlier questions may come later

  constructor(
    private readonly root: HTMLElement,
    private readonly trigger: Host<GalleryProps>["trigger"],
    private readonly uses: readonly Use[],
  ) {
    this.search = this.find<HTMLInputElement>("search");
    this.large = new Large(this.find<HTMLDialogElement>("large"), () => this.cards, (id) => this.returnFrom(id));
    this.selection = new Selection(this.find("chosen"), this.find("cards"));
    this.deleting = makeDeleting(this.find("undo"), (ids) => this.fill(ids[0]), (words) => this.say(words));
  }

  find<E extends HTMLElement = HTMLElement>(name: string): E {
    return one<E>(this.root, `.gallery-${name}`);
  }

  listen(): void {
    this.root.addEventListener("click", (event) => this.act(around(event, "[data-do]")));
    this.find("more").addEventListener("click", () => {
      this.count += PAGE;
      this.look();
    });
    this.listenToWords();
    for (const name of ["lumina-ended", "lumina-canvas-ended"]) window.addEventListener(name, () => this.look());
    let isSeen = false;
    new ResizeObserver(() => {
      // Whoever opens the tab sees the newest.
      const was = isSeen;
      isSeen = Boolean(this.root.offsetParent);
      if (isSeen && !was) this.look();
    }).observe(this.root);
  }

  private listenToWords(): void {
    let waiting: ReturnType<typeof setTimeout> | undefined;
    this.search.addEventListener("input", () => {
      clearTimeout(waiting);
      this.count = PAGE;
      waiting = setTimeout(() => this.look(), PAUSE);
    });
  }

  private get isStarred(): boolean {
    return this.find("starred").getAttribute("aria-pressed") === "true";
  }

  private look(): void {
    if (!this.root.offsetParent) return;
    this.asked = ticket();
    const { count, isStarred: starred } = this;
    this.trigger("look", { visitor: visitor(), words: this.search.value, count, starred, ticket: this.asked });
  }

  private say(words: string): void {
    for (const place of ["status", "note"]) this.find(place).textContent = words; // one of which can be seen
  }

  private act(button: HTMLElement | null): void {
    if (!button) return;
    const { do: act, id = "", task = "" } = button.dataset;
    const card = this.cards.find((each) => each.id === id);
    if (act === "starred") this.filter(button);
    else if (act === "remove" || act === "delete") this.remove(card ? [id] : this.selection.ids);
    else if (act === "zip") this.save("zip", this.selection.ids, "lumina-pictures.zip");
    else if (act === "clear") this.selection.put([]);
    else if (act === "compare") void this.compare(this.selection.ids);
    else if (!card) return;
    else if (act === "open") this.large.open(id);
    else if (act === "star") void this.star(card);
    else if (act === "use") this.offer(button, card);
    else if (act === "bring") void this.bring(card, task);
    else if (act === "share") void this.share(button, card);
    else if (act === "obtain") this.save("picture", [id], `lumina-${id.slice(0, 8)}.png`);
    else if (act === "restore") this.trigger("restore", { visitor: visitor(), id, ticket: ticket() });
  }

  private filter(button: HTMLElement): void {
    button.setAttribute("aria-pressed", String(!this.isStarred));
    this.count = PAGE;
    this.look();
  }

  private remove(ids: readonly string[]): void {
    const bar = this.find("undo");
    const dialog = this.find<HTMLDialogElement>("large");
    (dialog.open ? dialog : this.root).append(bar); // beside such a dialog nothing can be reached
    this.deleting.begin(ids);
  }

  private save(act: "picture" | "zip", ids: readonly string[], name: string): void {
    wish(act, ids).then((blob) => saveAs(blob, name), ({ message }: Error) => this.say(message));
  }

  private async star(card: Card): Promise<void> {
    const put = (is: boolean) => {
      card.starred = is;
      for (const star of this.root.querySelectorAll<HTMLElement>(`[data-do="star"][data-id="${card.id}"]`)) showStar(star, is);
    };
    const is = !card.starred;
    put(is);
    await wish(is ? "star" : "unstar", [card.id]).catch(({ message }: Error) => {
      put(!is);
      this.say(message);
    });
  }

  private offer(button: HTMLElement, card: Card): void {
    const place = button.parentElement?.nextElementSibling;
    if (!(place instanceof HTMLElement)) return;
    if (!place.childElementCount) place.append(...usesOf(this.uses, card));
    place.hidden = !place.hidden;
    button.setAttribute("aria-expanded", String(!place.hidden));
  }

  /** The picture goes into the form of another tab, or onto the canvas as a node. */
  private async bring({ id, panels, kind }: Card, task: string): Promise<void> {
    try {
      const whole = await pictureOf(id);
      const use = this.uses.find((each) => each.task === task);
      this.large.close();
      if (!use) return openWorkflow({ picture: whole });
      openTab(use.title.toLowerCase());
      bringTo(task, panels === 2 ? await halfOf(whole, use.part) : whole, kind || undefined);
    } catch (error) {
      this.say((error as Error).message);
    }
  }

  private async share(button: HTMLElement, { id, tab, title }: Card): Promise<void> {
    try {
      const png = new Uint8Array(await (await wish("picture", [id])).arrayBuffer());
      noteAt(button, await sharePicture(png, id, tab, title)); // where people look
    } catch (error) {
      this.say((error as Error).message);
    }
  }

  private async compare(ids: readonly string[]): Promise<void> {
    const sideOf = async (id: string): Promise<Side> => {
      const title = this.cards.find((card) => card.id === id)?.title ?? "";
      return { url: URL.createObjectURL(await wish("picture", [id])), title };
    };
    try {
      const [left, right] = await Promise.all(ids.map(sideOf));
      if (left && right) await compareLarge(left, right);
    } catch (error) {
      this.say((error as Error).message);
    }
  }

  show(shown: Partial<Cards>): void {
    if (!shown.cards || shown.ticket !== this.asked) return;
    this.latest = shown;
    this.fill();
  }

  /** Lays out the cards of what is there; the one named gets the focus. */
  private fill(focused = ""): void {
    const { latest: shown, cards: before } = this;
    this.cards = (shown.cards ?? []).filter(({ id }) => this.deleting.isHere(id));
    const there = this.cards.map(({ id }) => id);
    this.selection.put(this.selection.ids.filter((id) => there.includes(id)));
    this.find("cards").replaceChildren(...this.cards.map((card) => cardOf(card, this.selection.ids.includes(card.id))));
    this.find("more").hidden = !shown.more || Boolean(shown.full);
    this.say(shown.message || summaryOf(shown, this.cards.length, this.isStarred));
    this.find("promise").textContent = promised(shown.promise ?? "");
    this.large.refresh(before);
    if (focused) this.returnFrom(focused);
  }

  /** To the card of a picture that was large, or has come back. */
  private returnFrom(id: string): void {
    const undo = this.find("undo");
    if (!undo.hidden && undo.closest("dialog")) this.root.append(undo);
    if (this.find<HTMLDialogElement>("large").open) return;
    this.find("cards").querySelector<HTMLElement>(`[data-do="open"][data-id="${id}"]`)?.focus();
  }

  /** A picture or a workflow that was asked for. */
  receive({ message, png = "", text, task }: Partial<Handed>): void {
    this.large.close();
    if (message) this.say(message);
    else if (text) openWorkflow({ text, pictures: [] });
    else if (task) returnTo(task, png);
  }
}
