// What a person does with the gallery: look, search, compare two, bring one back, delete.

import type { Cards, Handed } from "../messages.gen";
import { bytesOf } from "../common/bytes";
import { around, one } from "../common/dom";
import { pngBlob, saveAs } from "../common/download";
import { openWorkflow, returnTo } from "../common/between_tabs";
import { plain, type Host } from "../common/host";
import { visitor } from "../common/visitor";
import { cardOf, summaryOf } from "./cards";

export interface GalleryProps {
  promise: string;
  shown: Partial<Cards>;
  handed: Partial<Handed>;
  compared: string;
}

const PAGE = 48;
const PAUSE = 250; // milliseconds without a key before the words are looked up

const ticket = () => `${Date.now()}-${Math.random()}`;

/** Puts the gallery into its element, once; it triggers 'look' 'remove' 'obtain' 'restore' 'compare'. */
export function mountGallery(host: Host<GalleryProps>): void {
  const { props, watch } = host;
  const gallery = new Gallery(one(host.element, ".gallery"), host.trigger);
  gallery.find("promise").textContent = props.promise;
  gallery.listen();
  watch("shown", () => gallery.show(plain(props.shown ?? {})));
  watch("handed", () => gallery.receive(plain(props.handed ?? {})));
  watch("compared", () => gallery.compared(props.compared));
}

class Gallery {
  private readonly search: HTMLInputElement;
  private count = PAGE;
  private marked: string[] = []; // ids of the cards to compare
  private asked = ""; // the ticket of the cards that are wanted; answers to earlier questions may come later
  private pair = ""; // the ticket of the comparison that is wanted
  private isPairShown = false;

  constructor(
    private readonly root: HTMLElement,
    private readonly trigger: Host<GalleryProps>["trigger"],
  ) {
    this.search = this.find<HTMLInputElement>("search");
  }

  find<E extends HTMLElement = HTMLElement>(name: string): E {
    return one<E>(this.root, `.gallery-${name}`);
  }

  listen(): void {
    this.root.addEventListener("click", (event) => this.act(around(event, "[data-do]")));
    this.find("cards").addEventListener("change", ({ target }) => this.mark(target));
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

  private about(more: object = {}) {
    return { visitor: visitor(), words: this.search.value, count: this.count, ticket: ticket(), ...more };
  }

  private look(): void {
    if (this.root.offsetParent) this.ask("look");
  }

  private ask(event: "look" | "remove", more: object = {}): void {
    const question = this.about(more);
    this.asked = question.ticket;
    this.trigger(event, question);
  }

  private say(words: string): void {
    this.find("status").textContent = words;
  }

  private act(button: HTMLElement | null): void {
    if (!button) return;
    const { do: act, id, sure } = button.dataset;
    if (act === "remove" && !sure) {
      button.dataset.sure = "yes"; // what is deleted is gone: asked once more
      button.textContent = "Delete for good";
    } else if (act === "remove") this.ask("remove", { id });
    else if (act === "restore" || act === "obtain") this.trigger(act, this.about({ id }));
  }

  private mark(box: EventTarget | null): void {
    if (!(box instanceof HTMLInputElement) || box.type !== "checkbox") return;
    const others = this.marked.filter((id) => id !== box.value);
    this.marked = box.checked ? [...others, box.value].slice(-2) : others; // a third takes the place of the first
    for (const each of this.find("cards").querySelectorAll("input")) each.checked = this.marked.includes(each.value);
    this.compare();
  }

  private compare(): void {
    this.pair = ticket();
    this.isPairShown = false;
    this.trigger("compare", { visitor: visitor(), ids: this.marked, ticket: this.pair });
    if (this.marked.length === 2) this.root.closest(".tabitem")?.scrollIntoView({ behavior: "smooth", block: "start" });
  }

  /** The slider shows whatever came last: if that was an earlier pair, the one that is wanted is asked for again. */
  compared(which: string): void {
    if (which === this.pair) this.isPairShown = true;
    else if (this.isPairShown) this.compare();
  }

  show(shown: Partial<Cards>): void {
    const { cards } = shown;
    if (!cards || shown.ticket !== this.asked) return;
    const there = cards.map((card) => card.id);
    const still = this.marked.filter((id) => there.includes(id));
    if (still.length < this.marked.length) {
      this.marked = still;
      this.compare();
    }
    this.find("cards").replaceChildren(...cards.map((card) => cardOf(card, this.marked.includes(card.id))));
    this.find("more").hidden = !shown.more || Boolean(shown.full);
    this.say(shown.message || summaryOf(shown, cards.length));
    this.find("promise").textContent = shown.promise ?? "";
  }

  /** A picture or a workflow that was asked for. */
  receive({ message, file, png = "", text, task }: Partial<Handed>): void {
    if (message) this.say(message);
    else if (file) saveAs(pngBlob(bytesOf(png)), file);
    else if (text) openWorkflow({ text, pictures: [] });
    else if (task) returnTo(task, png);
  }
}
