// Below an image field: what this visitor has made, to choose from.

import type { Card, Cards } from "../messages.gen";
import { made, one } from "../common/dom";
import { halfOf } from "../common/halves";
import { pictureOf, wish } from "../gallery/wishes";

/** Opened, `place` shows the latest pictures of the Gallery; `take` gets the one that is clicked, in base64, and its kind of map. */
export function offerOwn(place: HTMLDetailsElement, part: string, take: (png: string, kind: string) => void): void {
  const choices = one(place, ".image-field-choices");
  const status = one(place, ".image-field-status");

  function buttonOf(card: Card): HTMLButtonElement {
    const button = made("button", "", "", { type: "button", title: card.title });
    button.append(made("img", "", "", { src: card.image, alt: card.title }));
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

  place.addEventListener("toggle", () => place.open && void look());
}
