// The picture of a link, drawn again here: whether it is the same, and if not, why.

import type { RecipeSheet } from "../messages.gen";

export const SHARED = "This is the picture that was shared with you.";
export const NOT_THERE = "The picture that was shared with you is not there any more; its words and settings are.";
export const PUT_IN = "To draw it again, put in the picture that it began with, if you have it.";

export type SharedPicture = Pick<RecipeSheet, "identity" | "digest" | "model" | "seed" | "prompt">;

export function remarkOn(drawn: SharedPicture, shared: SharedPicture): string {
  if (!shared.digest) return "The link does not say which picture it was, so that nobody can tell whether this is the same.";
  if (drawn.digest === shared.digest) return "This is the picture that was shared with you, identical ✓";
  return `This is another picture than the one that was shared. ${reasonOf(drawn, shared)}`;
}

function reasonOf(drawn: SharedPicture, shared: SharedPicture): string {
  if (drawn.model !== shared.model) return `${shared.model || "Another model"} drew that one, and ${drawn.model} draws here.`;
  if (drawn.identity !== shared.identity) return "Its settings are not all the same here.";
  return "The same model drew it, but on another machine or at another precision, where rounding can decide between two codes.";
}

/** The size of a picture that is still to be drawn, as its recipe says it. */
export function sizeIn({ inputs, panels }: Pick<RecipeSheet, "inputs" | "panels">): { width: number; height: number } {
  const width = Number(/"width":\s*(\d+)/.exec(inputs)?.[1] ?? 1);
  const height = Number(/"height":\s*(\d+)/.exec(inputs)?.[1] ?? 1);
  return { width, height: height * panels };
}
