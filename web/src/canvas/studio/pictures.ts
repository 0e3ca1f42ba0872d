// Files that a person brings: a picture comes back as a name made of its digest, a document as the server reads it.

import type { Bring } from "../../messages.gen";
import { base64Of, MAX_FILE } from "../../common/bytes";
import { reason } from "../../common/proxy";
import { prop, tell } from "./bridge";
import { keepPicture, keptPictures } from "./kept_pictures";

export type Brought = { image: string; thumbnail: string } | { error: string };
/** A file of another program: what it is, its prompt, and its picture if it is one. */
export interface Elsewhere {
  sentence: string;
  prompt: string;
  image?: string;
}

export type Read = Brought | { document: string } | Elsewhere;

const WAIT = 60_000;

/** Small versions of pictures by name, for the fields that hold them. */
export const thumbnails = new Map<string, string>();

const waiting = new Map<string, (answer: Read) => void>();

/** Send a picture to the server; gives its name, or a sentence that says what is wrong. */
export async function bring(file: File): Promise<Brought> {
  if (file.size > MAX_FILE) return { error: "This picture is too large; use one under 20 MB." };
  return send(base64Of(new Uint8Array(await file.arrayBuffer())));
}

/** Send the bytes of a picture in base64. */
export const send = (picture: string): Promise<Brought> => asked({ picture }) as Promise<Brought>;

/** Let the server read a file, whatever it is: the one reader of documents there is, the command line's too. */
export const read = (file: Uint8Array): Promise<Read> => asked({ file: base64Of(file) });

/** Bring pictures again that the server has forgotten; whether this browser had any. */
export async function bringAgain(names: readonly string[]): Promise<boolean> {
  const files = await keptPictures(names);
  await Promise.all(files.map((file) => asked({ file }, false)));
  return files.length > 0;
}

async function asked(what: Pick<Bring, "picture" | "file">, isNew = true): Promise<Read> {
  const ticket = Math.random().toString(36).slice(2);
  const answer = await new Promise<Read>((resolve) => {
    waiting.set(ticket, resolve);
    const giveUp = (): void => answered(ticket, { error: reason("The studio does not answer; try again.") });
    setTimeout(giveUp, WAIT);
    window.addEventListener("lumina-instead", giveUp, { once: true });
    tell("bring", { ...what, ticket });
  });
  if (isNew && "image" in answer && answer.image) void keepPicture(answer.image, what.picture ?? what.file ?? "");
  return answer;
}

export function receiveBrought(): void {
  const { ticket, ...answer } = prop<Read & { ticket: string }>("brought", { ticket: "", error: "" });
  if ("image" in answer && "thumbnail" in answer && answer.thumbnail) thumbnails.set(answer.image, answer.thumbnail);
  answered(ticket, answer as Read);
}

function answered(ticket: string, answer: Read): void {
  waiting.get(ticket)?.(answer);
  waiting.delete(ticket);
}
