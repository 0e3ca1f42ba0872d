// A link that holds the whole workflow: compressed into the part after #, which stays out of every server's log.

import type { Doc } from "../types";
import { packedText, piped } from "../../common/packing";
import { Unreadable, write } from "./read";

const KEY = /[#&]wf=([\w-]+)/;
const MOST = 262_144; // bytes of a document

export const packed = (doc: Doc): Promise<string> => packedText(write(doc), MOST);

/** The text that was packed, as bytes; throws Unreadable. */
export async function unpacked(code: string): Promise<Uint8Array> {
  try {
    const bytes = Uint8Array.from(atob(code.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
    return await piped(bytes, new DecompressionStream("deflate-raw"), MOST);
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
