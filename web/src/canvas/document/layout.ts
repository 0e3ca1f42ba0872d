// Places for nodes that have none, and for all when asked to tidy up: columns from left to right.

import type { Doc, Place } from "../types";
import { INPUTS, order, RESULTS, wires } from "./graph";
import { placeOf } from "./edit";

const COLUMN = 340;
const GAP = 40;
const HEIGHT = 480; // of a card that was not measured yet
const ENDS = 150; // of the cards at the ends

export type Heights = Record<string, number>;

/** The cards that the document shows, in reading order. */
export function cards(doc: Doc): string[] {
  const inputs = Object.keys(doc.inputs ?? {}).length ? [INPUTS] : [];
  const results = Object.keys(doc.outputs ?? {}).length ? [RESULTS] : [];
  return [...inputs, ...order(doc), ...results];
}

/** A place for every card: each right of all it takes from, in the height of those where there is room. */
export function tidied(doc: Doc, heights: Heights = {}): Record<string, Place> {
  const all = cards(doc);
  const links = wires(doc);
  const columns = columnsOf(all, links);
  const middle: Record<string, number> = {};
  const places: Record<string, Place> = {};
  for (const column of [...new Set(Object.values(columns))].sort((a, b) => a - b)) {
    const ids = all.filter((id) => columns[id] === column);
    const wish = (id: string) => {
      const before = links.filter((wire) => wire.target === id).map((wire) => middle[wire.source] ?? 0);
      return before.length ? before.reduce((sum, y) => sum + y, 0) / before.length : 0;
    };
    const sorted = ids.map((id, at) => ({ id, at, y: wish(id) })).sort((a, b) => a.y - b.y || a.at - b.at);
    const height = (id: string) => heights[id] ?? (id === INPUTS || id === RESULTS ? ENDS : HEIGHT);
    const total = sorted.reduce((sum, { id }) => sum + height(id) + GAP, -GAP);
    const centre = sorted.reduce((sum, { y }) => sum + y, 0) / sorted.length;
    let top = centre - total / 2;
    for (const { id } of sorted) {
      places[id] = [column * COLUMN, Math.round(top)];
      middle[id] = top + height(id) / 2;
      top += height(id) + GAP;
    }
  }
  return places;
}

function columnsOf(all: string[], links: { source: string; target: string }[]): Record<string, number> {
  const columns: Record<string, number> = {};
  for (const id of all) {
    const before = links.filter((wire) => wire.target === id).map((wire) => columns[wire.source] ?? -1);
    columns[id] = Math.max(0, ...before.map((column) => column + 1));
  }
  if (RESULTS in columns) columns[RESULTS] = Math.max(...Object.values(columns), 1);
  return columns;
}

/** The places the document gives, and tidy ones, below all others, for cards that it gives none. */
export function placesOf(doc: Doc): Record<string, Place> {
  const tidy = tidied(doc);
  const known = cards(doc).flatMap((id) => (placeOf(doc, id) ? [id] : []));
  const lowest = known.length ? Math.max(...known.map((id) => placeOf(doc, id)![1])) + HEIGHT + GAP : 0;
  const places = Object.fromEntries(
    cards(doc).map((id) => [id, placeOf(doc, id) ?? ([tidy[id]![0], tidy[id]![1] + lowest] as Place)]),
  );
  return withEnds(doc, places);
}

/** The cards of inputs and results stand at the ends when they were never moved. */
function withEnds(doc: Doc, places: Record<string, Place>): Record<string, Place> {
  const nodes = Object.keys(doc.nodes).map((id) => places[id]!);
  if (!nodes.length) return places;
  const xs = nodes.map(([x]) => x);
  const top = Math.min(...nodes.map(([, y]) => y));
  if (places[INPUTS] && !placeOf(doc, INPUTS)) places[INPUTS] = [Math.min(...xs) - COLUMN, top];
  if (places[RESULTS] && !placeOf(doc, RESULTS)) places[RESULTS] = [Math.max(...xs) + COLUMN, top];
  return places;
}

/** A free place near the wished one: nothing lies on top of anything. */
export function freePlace(doc: Doc, wish: Place): Place {
  const taken = Object.values(placesOf(doc));
  let [x, y] = wish;
  while (taken.some(([left, top]) => Math.abs(left - x) < 40 && Math.abs(top - y) < 40)) {
    x += 50;
    y += 50;
  }
  return [x, y];
}
