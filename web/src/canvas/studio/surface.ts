// What the drawing surface tells commands of itself; where none is shown, what the document says.

import { COLUMN, placesOf, type Heights } from "../document/layout";
import type { Place } from "../types";
import { doc } from "./store";

/** Where in the document the middle of the window is, and how high the cards are. */
export const surface: { middle: () => Place; heights: () => Heights } = {
  middle: () => endOf(),
  heights: () => ({}),
};

function endOf(): Place {
  const places = Object.values(placesOf(doc()));
  return places.length ? [Math.max(...places.map(([x]) => x)) + COLUMN, places.at(-1)![1]] : [0, 0];
}
