// A link that holds the whole workflow: compressed into the part after #, which stays out of every server's log.

import type { Doc } from "../types";
import { Unreadable, write } from "./read";

const KEY = /[#&]wf=([\w-]+)/;
const MOST = 262_144; // bytes of a document

async function piped(bytes: BlobPart, through: { readable: ReadableStream; writable: WritableStream }, most = MOST) {
  const reader = new Blob([bytes]).stream().pipeThrough(through).getReader();
  const parts: Uint8Array[] = [];
  for (let size = 0; ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    if ((size += value.length) > most) throw new Unreadable("This workflow is too large.");
    parts.push(value);
  }
  return new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer());
}

export async function packed(doc: Doc): Promise<string> {
  const bytes = await piped(write(doc), new CompressionStream("deflate-raw"));
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** The text that was packed, as bytes; throws Unreadable. */
export async function unpacked(code: string): Promise<Uint8Array> {
  try {
    const bytes = Uint8Array.from(atob(code.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
    return await piped(bytes, new DecompressionStream("deflate-raw"));
  } catch {
    throw new Unreadable("This link is damaged; copy it again as a whole.");
  }
}

export function hasWorkflow(text: string): boolean {
  return KEY.test(text);
}

/** The text of the document in a link, as bytes; throws Unreadable. */
export async function fromLink(link: string): Promise<Uint8Array> {
  return unpacked(KEY.exec(link)![1]!);
}

/** The link to pass on: on a Space its public page, since the app itself lives in a frame of another host. */
export async function linkTo(doc: Doc, space: string, here: string): Promise<string> {
  const page = space ? `https://huggingface.co/spaces/${space}` : here.split("#")[0]!;
  return `${page}#wf=${await packed(doc)}`;
}
