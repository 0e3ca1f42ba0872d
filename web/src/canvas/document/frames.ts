// Frames: titled, coloured rectangles behind the cards. What lies in one moves along with it; a run knows nothing of them.

import type { Doc, Frame, Place } from "../types";
import { moved } from "./edit";
import { freeName } from "./names";
import { cards, HEIGHT, placesOf, WIDTH, type Heights } from "./layout";

const PREFIX = ">frame:"; // no node's name begins so
const HEAD = 44; // of a frame, and how far down a card it is decided where that lies
const ROOM = 24; // around the cards of a frame
export const LEAST: Place = [200, 120];
const SIZE: Place = [380, 300];
export const COLOURS = ["grey", "red", "amber", "green", "blue", "violet"] as const;

export const frameId = (name: string): string => PREFIX + name;
export const isFrame = (id: string): boolean => id.startsWith(PREFIX);
export const frameName = (id: string): string => id.slice(PREFIX.length);

/** What the surface shows: frames behind, cards before them. */
export const things = (doc: Doc): string[] => [...Object.keys(doc.frames ?? {}).map(frameId), ...cards(doc)];

/** The cards whose heads lie in a frame, and the frames that do as a whole. */
export function within(doc: Doc, name: string, places = placesOf(doc)): string[] {
  const frame = doc.frames?.[name];
  if (!frame) return [];
  const { place: [left, top], size: [width, height] } = frame;
  const holds = ([x, y]: Place, [wide, high]: Place = [0, 0]) => x >= left && y >= top && x + wide <= left + width && y + high <= top + height;
  const heads = cards(doc).filter((id) => holds([places[id]![0] + WIDTH / 2, places[id]![1] + HEAD / 2]));
  const others = Object.entries(doc.frames ?? {}).filter(([other, { place, size }]) => other !== name && holds(place, size));
  return [...heads, ...others.map(([other]) => frameId(other))];
}

/** The frames that hold a card, in the order of the document. */
export const framesOf = (doc: Doc, id: string): Frame[] =>
  Object.entries(doc.frames ?? {}).filter(([name]) => within(doc, name).includes(id)).map(([, frame]) => frame);

/** Where a group comes to lie when a frame of it does: places of cards and frames. */
export function carried(doc: Doc, name: string, [x, y]: Place): Record<string, Place> {
  const [left, top] = doc.frames![name]!.place;
  const places = placesOf(doc);
  return Object.fromEntries(within(doc, name, places).map((id) => {
    const [fromLeft, fromTop] = isFrame(id) ? doc.frames![frameName(id)]!.place : places[id]!;
    return [id, [fromLeft + x - left, fromTop + y - top] as Place];
  }));
}

/** Cards and frames at new places. */
export function settled(doc: Doc, places: Record<string, Place>): Doc {
  const all = Object.entries(places);
  const next = moved(doc, Object.fromEntries(all.filter(([id]) => !isFrame(id))));
  return all.filter(([id]) => isFrame(id)).reduce((done, [id, place]) => reframed(done, frameName(id), { place }), next);
}

/** A frame with another title, colour, place or size. */
export function reframed(doc: Doc, name: string, change: Partial<Frame>): Doc {
  const frame = doc.frames?.[name];
  if (!frame) return doc;
  const next = { ...frame, ...change };
  const size = next.size.map((side, at) => Math.max(LEAST[at]!, Math.round(side))) as Place;
  return { ...doc, frames: { ...doc.frames, [name]: { ...next, place: next.place.map(Math.round) as Place, size } } };
}

/** A new frame around these cards, or an empty one at a place. */
export function framed(doc: Doc, ids: string[], at: Place, heights: Heights = {}): [Doc, string] {
  const name = freeName(doc.frames ?? {}, "frame");
  const next = { ...doc, frames: { ...doc.frames, [name]: { title: "", colour: "grey" as const, place: at, size: SIZE } } };
  return [ids.length ? hugging(next, name, ids, heights) : reframed(next, name, {}), name];
}

/** The frame as large as the cards need; as it is without any. */
export function hugging(doc: Doc, name: string, ids: string[], heights: Heights = {}): Doc {
  const places = placesOf(doc);
  const boxes = ids.filter((id) => id in places).map((id) => [...places[id]!, heights[id] ?? HEIGHT] as const);
  if (!boxes.length) return doc;
  const left = Math.min(...boxes.map(([x]) => x)) - ROOM;
  const top = Math.min(...boxes.map(([, y]) => y)) - ROOM - HEAD;
  const right = Math.max(...boxes.map(([x]) => x + WIDTH)) + ROOM;
  const bottom = Math.max(...boxes.map(([, y, height]) => y + height)) + ROOM;
  return reframed(doc, name, { place: [left, top], size: [right - left, bottom - top] });
}

/** Cards at new places, and every frame that held some around them again. */
export function movedWithFrames(doc: Doc, places: Record<string, Place>, heights: Heights): Doc {
  const held = Object.keys(doc.frames ?? {}).map((name) => [name, within(doc, name)] as const);
  return held.reduce((next, [name, ids]) => hugging(next, name, ids, heights), moved(doc, places));
}

/** Without these frames; what lay in them stays. */
export function unframed(doc: Doc, ids: string[]): Doc {
  const left = Object.entries(doc.frames ?? {}).filter(([name]) => !ids.includes(frameId(name)));
  return doc.frames ? { ...doc, frames: Object.fromEntries(left) } : doc;
}

/** These things, and all that lies in the frames among them. */
export const withContents = (doc: Doc, ids: string[]): string[] =>
  [...new Set(ids.flatMap((id) => (isFrame(id) ? [id, ...within(doc, frameName(id))] : [id])))];

/** The frames of another document under free names, shifted. */
export function framesPasted(doc: Doc, other: Doc, [x, y]: Place): Doc {
  return Object.entries(other.frames ?? {}).reduce((next, [name, frame]) => {
    const place: Place = [frame.place[0] + x, frame.place[1] + y];
    return { ...next, frames: { ...next.frames, [freeName(next.frames ?? {}, name)]: { ...frame, place } } };
  }, doc);
}

/** The frames among these things. */
export const framesAmong = (doc: Doc, ids: string[]): Pick<Doc, "frames"> => {
  const found = Object.entries(doc.frames ?? {}).filter(([name]) => ids.includes(frameId(name)));
  return found.length ? { frames: Object.fromEntries(found) } : {};
};
