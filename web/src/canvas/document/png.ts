// The workflow that a PNG carries (iTXt chunk "lumina-workflow"); its pixels stay unread.

import { inflate } from "./share";
import { Unreadable } from "./read";

const KEY = "lumina-workflow\0";
const SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10];

export function isPng(bytes: Uint8Array): boolean {
  return SIGNATURE.every((byte, at) => bytes[at] === byte);
}

/** The text of the document inside, null if there is none; throws Unreadable if it is damaged. */
export async function recipeIn(bytes: Uint8Array): Promise<string | null> {
  const numbers = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8; at + 12 <= bytes.length; ) {
    const size = numbers.getUint32(at);
    const kind = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const body = bytes.subarray(at + 8, at + 8 + size);
    if (kind === "iTXt" && latin(body.subarray(0, KEY.length)) === KEY) return textOf(body.subarray(KEY.length));
    at += 12 + size;
  }
  return null;
}

/** compressed? method language 0 translated-keyword 0 text */
async function textOf(rest: Uint8Array): Promise<string> {
  const language = rest.indexOf(0, 2);
  const start = rest.indexOf(0, language + 1) + 1;
  const text = rest.slice(start);
  try {
    return new TextDecoder().decode(rest[0] === 1 ? await inflate(text, "deflate") : text);
  } catch {
    throw new Unreadable("The workflow in this picture is damaged; download the picture again.");
  }
}

function latin(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
