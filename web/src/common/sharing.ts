// A link whose page shows a picture: its recipe travels in it, and the page draws it again.

import { wish } from "../gallery/wishes";
import { base64Of } from "./bytes";
import { made } from "./dom";
import { packedText } from "./packing";
import { textIn } from "./png";

const KEY = "lumina-workflow";
const PARAMETER = "picture";
const RESULT = "result"; // what a picture became that began with another one, by its id in the gallery
const MOST = 24_000; // characters, above which servers refuse an address

const NO_RECIPE = "This picture carries no recipe, so that no link can show it; download it instead.";
const TOO_LONG = "The recipe of this picture is too long for a link; download the picture, which carries it.";
const COPIED = "Link copied ✓ Whoever opens it sees this picture drawn again.";
const COPIED_WORDS = "Link copied ✓";
const KEPT = "Whoever opens it sees this picture as long as your Gallery has it, but not the one that it began with.";
const GIVEN = "It brings only the words, not the picture that this one began with; to show this picture, send the file that Download gives.";

export const COMING = "A picture was shared with you: it comes in a moment.";
// the page's own styles are not there yet
const NOTE =
  "position:fixed;inset:auto 12px 24px;width:fit-content;margin:0 auto;padding:10px 18px;border-radius:999px;" +
  "font:15px/1.4 system-ui,sans-serif;color:#fff;background:#1e1a16;z-index:1000";

/** Whether a picture was given to what the recipe draws, of which it holds the digest alone. */
export const beginsWithPicture = (recipe: string): boolean => /\{\s*"image":\s*"/.test(recipe);

/** The link to the picture of a PNG that was drawn in a tab; without a tab, to the workflow that made it. */
async function linkTo(recipe: string, tab: string, result: string): Promise<string> {
  const page = location.origin + location.pathname;
  const code = await packedText(recipe, MOST);
  return tab ? `${page}?${PARAMETER}=${code}${result && `&${RESULT}=${result}`}#${tab}` : `${page}#wf=${code}`;
}

/** Whether the server shows the picture with this id to whoever has the link, as it does from now on if it is in the gallery. */
async function isShown(id: string): Promise<boolean> {
  return id !== "" && wish("share", [id]).then(() => true, () => false);
}

/** Passes a picture on by what the browser has for it, else by the clipboard; gives the sentence to say, if any. */
export async function sharePicture(png: Uint8Array, id: string, tab: string, title: string): Promise<string> {
  const recipe = textIn(png, KEY);
  if (!recipe) return NO_RECIPE;
  const isGiven = Boolean(tab) && beginsWithPicture(recipe);
  const result = isGiven && (await isShown(id)) ? id : "";
  const url = await linkTo(recipe, tab, result).catch(() => "");
  if (!url || url.length > MOST) return TOO_LONG;
  const more = isGiven ? (result ? KEPT : GIVEN) : "";
  if ("share" in navigator) {
    const how = await navigator.share({ title, url }).then(() => "", ({ name }: Error) => name);
    if (!how || how === "AbortError") return how || !more ? "" : `The link is passed on. ${more}`;
  }
  const copied = more ? `${COPIED_WORDS} ${more}` : COPIED;
  return navigator.clipboard.writeText(url).then(() => copied, () => `Copy this link: ${url}`);
}

/** Says that a picture is coming to whoever opens a link, until the page is there and says it itself. */
export function announceLinked(): void {
  if (!new URLSearchParams(location.search).has(PARAMETER)) return;
  const note = made("p", "linked-note", COMING);
  note.setAttribute("role", "status");
  note.style.cssText = NOTE;
  const show = () => document.body.append(note);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", show, { once: true });
  else show();
  window.addEventListener("lumina-linked", () => note.remove(), { once: true });
}

/** What a link brings: a recipe, packed, and the id of the picture itself where the recipe alone cannot draw it. */
export interface Linked {
  code: string;
  result: string;
}

/** The picture in the address of this page, if it is for this tab; it is taken out of the address. */
export function takeLinked(tab: string): Linked | null {
  const address = new URL(location.href);
  const [code = "", result = ""] = [PARAMETER, RESULT].map((name) => address.searchParams.get(name) ?? "");
  if (!code || address.hash.slice(1) !== tab) return null;
  for (const name of [PARAMETER, RESULT]) address.searchParams.delete(name);
  history.replaceState(history.state, "", address);
  return { code, result };
}

/** A picture that was shared, in base64; empty if it is not there any more. */
export async function sharedPng(result: string): Promise<string> {
  const answer = await fetch(`lumina/shared/${encodeURIComponent(result)}.png`).catch(() => null);
  return answer?.ok ? base64Of(new Uint8Array(await answer.arrayBuffer())) : "";
}
