// Places for nodes that have none, and for all when asked to tidy up: columns from left to right.

import type { Doc, Place } from "../types";
import { INPUTS, order, RESULTS, wires } from "./graph";
import { placeOf } from "./edit";

export const COLUMN = 340;
export const WIDTH = 290; // of a card
const GAP = 40;
export const HEIGHT = 480; // of a card that was not measured yet
const ENDS = 150; // of the cards at the ends

export type Heights = Record<string, number>;

/** The cards that the document shows, in reading order. */
export function cards(doc: Doc): string[] {
  const inputs = Object.keys(doc.inputs ?? {}).length ? [INPUTS] : [];
  const results = Object.keys(doc.outputs ?? {}).length ? [RESULTS] : [];
  return [...inputs, ...order(doc), ...results];
}

const heightOf = (heights: Heights, id: string): number =>
  heights[id] ?? (id === INPUTS || id === RESULTS ? ENDS : HEIGHT);

/** A place for every card: each right of all it takes from, in line with those where there is room. */
export function tidied(doc: Doc, heights: Heights = {}): Record<string, Place> {
  const all = cards(doc);
  const links = wires(doc);
  const columns = columnsOf(all, links);
  const tops: Record<string, number> = {};
  for (const column of [...new Set(Object.values(columns))].sort((a, b) => a - b)) {
    const wish = (id: string) => {
      const before = links.filter((wire) => wire.target === id).map((wire) => tops[wire.source] ?? 0);
      return before.length ? before.reduce((sum, y) => sum + y, 0) / before.length : 0;
    };
    const ids = all.filter((id) => columns[id] === column);
    const sorted = ids.map((id, at) => ({ id, at, y: wish(id) })).sort((a, b) => a.y - b.y || a.at - b.at);
    const rooms = sorted.map(({ id }) => heightOf(heights, id) + GAP);
    apart(sorted.map(({ y }) => y), rooms).forEach((top, at) => (tops[sorted[at]!.id] = top));
  }
  return Object.fromEntries(all.map((id) => [id, [columns[id]! * COLUMN, Math.round(tops[id]!)]]));
}

/** Tops in this order, as near to those wished as the rooms allow: cards that would overlap share what they give up. */
function apart(wishes: number[], rooms: number[]): number[] {
  const groups: { sum: number; count: number }[] = [];
  let above = 0; // the rooms of all cards before this one
  const offsets = rooms.map((room) => (above += room) - room);
  wishes.forEach((wish, at) => {
    groups.push({ sum: wish - offsets[at]!, count: 1 });
    for (let last = groups.length - 1; last > 0; last--) {
      const [one, other] = [groups[last - 1]!, groups[last]!];
      if (one.sum / one.count <= other.sum / other.count) break;
      groups.splice(last - 1, 2, { sum: one.sum + other.sum, count: one.count + other.count });
    }
  });
  const starts = groups.flatMap(({ sum, count }) => Array<number>(count).fill(sum / count));
  return starts.map((start, at) => start + offsets[at]!);
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

/** The free place that is nearest to the wished one, rather beside the others, for wires go to the right. */
export function freePlace(doc: Doc, wish: Place, heights: Heights = {}): Place {
  const [x, y] = freeShift(doc, [{ place: wish, height: HEIGHT }], heights, 2);
  return [wish[0] + x, wish[1] + y];
}

/** The smallest way by which all cards of a group come to lie on no other; ways up and down count `steep` times. */
export function freeShift(doc: Doc, group: { place: Place; height: number }[], heights: Heights = {}, steep = 1): Place {
  const taken = Object.entries(placesOf(doc)).map(([id, [left, top]]) => ({ left, top, height: heightOf(heights, id) }));
  const isFree = ([x, y]: Place) =>
    group.every(({ place: [left, top], height }) =>
      taken.every((card) =>
        Math.abs(card.left - left - x) >= WIDTH || top + y >= card.top + card.height || top + y + height <= card.top));
  const pairs = group.flatMap((card) => taken.map((other) => ({ ...card, other })));
  const besides = pairs.flatMap(({ place: [left], other }) => [other.left + COLUMN - left, other.left - COLUMN - left]);
  const beneath = pairs.flatMap(({ place: [, top], height, other }) =>
    [other.top - height - GAP - top, other.top + other.height + GAP - top]);
  const unique = (numbers: number[]) => [...new Set([0, ...numbers])];
  const ways = unique(besides).flatMap((x) => unique(beneath).map((y): Place => [x, y]));
  const length = ([x, y]: Place) => Math.hypot(x, steep * y);
  ways.sort((one, other) => length(one) - length(other));
  return ways.find(isFree) ?? [0, 0];
}
