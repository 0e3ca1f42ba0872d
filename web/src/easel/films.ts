// Films: which turn follows which, as the pictures themselves tell.

import { bytesOf } from "../common/bytes";
import { sizeOfPng } from "../common/png";
import { drawnPart, type Sheet } from "./state";

export const BROUGHT = "The picture it began with";

export interface Frame {
  sheet: Sheet;
  key: string;
  film: Frame[];
  number: number; // of the turn
  follows: Frame | undefined; // the one before it in the film
  parent: Frame | undefined; // the one it was made from
  isBrought: boolean;
}

export interface Films {
  films: Frame[][]; // newest first, each oldest first
  frames: Map<string, Frame>; // by picture the frame that shows it
}

export function filmsOf(sheets: readonly Sheet[], field: string): Films {
  const films: Frame[][] = [];
  const frames = new Map<string, Frame>();
  function add(film: Frame[], sheet: Sheet, parent: Frame | undefined, isWhole: boolean): void {
    const number = film.filter((other) => !other.isBrought && !other.sheet.isShared).length + 1;
    const isBrought = Boolean(sheet.isBrought);
    const frame = { sheet, key: sheet.key, film, number, follows: film.at(-1), parent, isBrought };
    film.push(frame);
    if (isWhole) frames.set(sheet.png, frame);
  }
  for (const sheet of [...sheets].reverse()) {
    const given = sheet.given?.[field] ?? "";
    const film = frames.get(given)?.film ?? [];
    if (!film.length) films.unshift(film);
    if (given && !frames.has(given)) add(film, broughtSheet(sheet, given, field), undefined, true);
    add(film, sheet, frames.get(given), drawnPart(sheet) === 1);
  }
  return { films, frames };
}

function broughtSheet(sheet: Sheet, png: string, field: string): Sheet {
  const inputs = JSON.parse(sheet.inputs) as Record<string, { image?: string } | undefined>;
  const size = sizeOfPng(bytesOf(png.slice(0, 64)));
  const nothing = { model: "", task: "", inputs: "", kind: "", seed: "", file: "", identity: "", codes: "", digest: "" };
  const key = `brought ${inputs[field]?.image}`;
  return { ...nothing, key, png, prompt: BROUGHT, isBrought: true, panels: 1, rows: 0, drawn: 0, cols: 0, ...size };
}

export function nameOf({ sheet, isBrought, number }: Frame): string {
  return isBrought ? "the first picture" : sheet.isShared ? "the picture that was shared" : `turn ${number}`;
}

export const markOf = ({ sheet, isBrought, number }: Frame): string => (isBrought ? "start" : sheet.isShared ? "shared" : String(number));
export const isBranch = ({ parent, follows }: Frame): boolean => Boolean(parent && parent !== follows);
