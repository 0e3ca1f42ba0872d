// Below an image field: what this visitor has made, to choose from.

import type { Card, Cards } from "../messages.gen";
import { made, one } from "../common/dom";
import { halfOf } from "../common/halves";
import { thumbnail } from "../common/thumbnail";
import { pictureOf, wish } from "../gallery/wishes";

export interface Own {
  /** Opens by itself if there is anything to choose from, unless it was closed by hand, or by then nothing `isWanted`. */
  offer(isWanted: () => boolean): Promise<void>;
  /** Closes if it has opened by itself. */
  withdraw(): void;
}

/** Opened, `place` shows the latest pictures of the Gallery; `take` gets the one that is clicked, in base64, and its kind of map. */
export function offerOwn(place: HTMLDetailsElement, part: string, take: (png: string, kind: string) => void): Own {
  const choices = one(place, ".image-field-choices");
  const status = one(place, ".image-field-status");

  function buttonOf(card: Card): HTMLButtonElement {
    const button = made("button", "", "", { type: "button", title: card.title });
    button.append(thumbnail(card.image, card.title));
    button.addEventListener("click", () => void choose(card));
    return button;
  }

  async function choose({ id, panels, kind }: Card): Promise<void> {
    try {
      const whole = await pictureOf(id);
      take(panels === 2 ? await halfOf(whole, part) : whole, kind);
      place.open = false;
      one(place, "summary").focus();
    } catch (error) {
      status.textContent = (error as Error).message;
    }
  }

  async function look(): Promise<void> {
    if (!choices.childElementCount) status.textContent = "Looking…";
    try {
      const { cards } = JSON.parse(await (await wish("list", [])).text()) as Cards;
      choices.replaceChildren(...cards.map(buttonOf));
      status.textContent = cards.length ? "" : "Nothing yet: every picture you finish comes here.";
    } catch (error) {
      status.textContent = (error as Error).message;
    }
  }

  const isOffered = () => place.hasAttribute("data-offered");
  let isUnwanted = false; // closed by hand
  one(place, "summary").addEventListener("click", () => {
    isUnwanted = place.open;
    place.removeAttribute("data-offered");
  });
  place.addEventListener("toggle", () => place.open && !isOffered() && void look());

  return {
    async offer(isWanted) {
      if (place.open || isUnwanted) return;
      await look();
      if (!choices.childElementCount || place.open || !isWanted()) return;
      place.toggleAttribute("data-offered", true);
      place.open = true;
    },
    withdraw() {
      if (isOffered()) place.open = false;
      place.removeAttribute("data-offered");
    },
  };
}
