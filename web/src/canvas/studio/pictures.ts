// Pictures that a person brings: they travel as bytes, and come back as a name made of their digest.

import { prop, reason, tell } from "./bridge";

export type Brought = { image: string; thumbnail: string } | { error: string };

const MAX_FILE = 20_000_000;
const WAIT = 60_000;

/** Small versions of pictures by name, for the fields that hold them. */
export const thumbnails = new Map<string, string>();

const waiting = new Map<string, (answer: Brought) => void>();

/** Send a picture to the server; gives its name, or a sentence that says what is wrong. */
export async function bring(file: File): Promise<Brought> {
  if (file.size > MAX_FILE) return { error: "This picture is too large; use one under 20 MB." };
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
  return send(btoa(text));
}

/** Send the bytes of a picture in base64. */
export function send(picture: string): Promise<Brought> {
  const ticket = Math.random().toString(36).slice(2);
  return new Promise((resolve) => {
    waiting.set(ticket, resolve);
    const giveUp = (): void => answered(ticket, { error: reason("The studio does not answer; try again.") });
    setTimeout(giveUp, WAIT);
    window.addEventListener("lumina-instead", giveUp, { once: true });
    tell("bring", { picture, ticket });
  });
}

export function receiveBrought(): void {
  const { ticket, ...answer } = prop<Brought & { ticket: string }>("brought", { ticket: "", error: "" });
  if ("image" in answer && answer.thumbnail) thumbnails.set(answer.image, answer.thumbnail);
  answered(ticket, answer as Brought);
}

function answered(ticket: string, answer: Brought): void {
  waiting.get(ticket)?.(answer);
  waiting.delete(ticket);
}
