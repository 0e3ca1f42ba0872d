// What a PNG says besides its pixels: only that part is sent to be read for a recipe.

import { base64Of, bytesOf, joined, latin, type Bytes } from "./bytes";

const SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10];
const HEAD = 24; // bytes up to the end of the size

export interface Chunk {
  kind: string;
  chunk: Uint8Array; // whole, with its length and checksum
  body: Uint8Array;
}

export function isPng(bytes: Uint8Array): boolean {
  return bytes.length >= HEAD && SIGNATURE.every((byte, at) => bytes[at] === byte);
}

export function sizeOfPng(bytes: Uint8Array): { width: number; height: number } {
  const numbers = new DataView(bytes.buffer, bytes.byteOffset);
  return { width: numbers.getUint32(16), height: numbers.getUint32(20) };
}

/** The chunks of a PNG; stops where the file is cut off. */
export function* chunksOf(bytes: Uint8Array): Generator<Chunk> {
  const numbers = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8; at + 12 <= bytes.length; ) {
    const end = at + 12 + numbers.getUint32(at);
    if (end > bytes.length) return;
    const chunk = bytes.subarray(at, end);
    yield { kind: latin(chunk.subarray(4, 8)), chunk, body: chunk.subarray(8, -4) };
    at = end;
  }
}

/** The text under a key, as it is written here: UTF-8, not packed; empty if there is none. */
export function textIn(bytes: Uint8Array, key: string): string {
  for (const { kind, body } of chunksOf(bytes)) {
    if (kind !== "iTXt" || latin(body.subarray(0, key.length + 1)) !== `${key}\0` || body[key.length + 1]) continue;
    const language = body.indexOf(0, key.length + 3);
    return new TextDecoder().decode(body.subarray(body.indexOf(0, language + 1) + 1));
  }
  return "";
}

export function withoutPixels(bytes: Uint8Array): Bytes {
  const kept = [...chunksOf(bytes)].filter(({ kind }) => kind !== "IDAT");
  return joined([bytes.subarray(0, 8), ...kept.map(({ chunk }) => chunk)]);
}

/** A PNG in base64 with the texts of another one, behind its head. */
export function withTexts(png: string, other: string): string {
  const bytes = bytesOf(png);
  const texts = [...chunksOf(bytesOf(other))].filter(({ kind }) => kind === "iTXt");
  const [head, ...rest] = [...chunksOf(bytes)].map(({ chunk }) => chunk);
  return base64Of(joined([bytes.subarray(0, 8), ...(head ? [head] : []), ...texts.map(({ chunk }) => chunk), ...rest]));
}
