// A link whose page shows a picture: its recipe travels in it, and the page draws it again.

import { packedText } from "./packing";
import { textIn } from "./png";

const KEY = "lumina-workflow";
const PARAMETER = "picture";
const MOST = 24_000; // characters, above which servers refuse an address

const NO_RECIPE = "This picture carries no recipe, so that no link can show it; download it instead.";
const TOO_LONG = "The recipe of this picture is too long for a link; download the picture, which carries it.";
const COPIED = "Link copied ✓ Whoever opens it sees this picture drawn again.";
const COPIED_WORDS = "Link copied ✓";
const GIVEN = "It brings only the words, not the picture that this one began with; to show this picture, send the file that Download gives.";

/** Whether a picture was given to what the recipe draws, of which it holds the digest alone. */
export const beginsWithPicture = (recipe: string): boolean => /\{\s*"image":\s*"/.test(recipe);

/** The link to the picture of a PNG that was drawn in a tab; without a tab, to the workflow that made it. */
async function linkTo(recipe: string, tab: string): Promise<string> {
  const page = location.origin + location.pathname;
  const code = await packedText(recipe, MOST);
  return tab ? `${page}?${PARAMETER}=${code}#${tab}` : `${page}#wf=${code}`;
}

/** Passes a picture on by what the browser has for it, else by the clipboard; gives the sentence to say, if any. */
export async function sharePicture(png: Uint8Array, tab: string, title: string): Promise<string> {
  const recipe = textIn(png, KEY);
  if (!recipe) return NO_RECIPE;
  const url = await linkTo(recipe, tab).catch(() => "");
  if (!url || url.length > MOST) return TOO_LONG;
  const more = tab && beginsWithPicture(recipe) ? GIVEN : "";
  if ("share" in navigator) {
    const how = await navigator.share({ title, url }).then(() => "", ({ name }: Error) => name);
    if (!how || how === "AbortError") return how || !more ? "" : `The link is passed on. ${more}`;
  }
  const copied = more ? `${COPIED_WORDS} ${more}` : COPIED;
  return navigator.clipboard.writeText(url).then(() => copied, () => `Copy this link: ${url}`);
}

/** The picture in the address of this page, packed, if it is for this tab; it is taken out of the address. */
export function takeLinked(tab: string): string {
  const address = new URL(location.href);
  const code = address.searchParams.get(PARAMETER) ?? "";
  if (!code || address.hash.slice(1) !== tab) return "";
  address.searchParams.delete(PARAMETER);
  history.replaceState(history.state, "", address);
  return code;
}
