// What a list finds by the words that are typed: names first, then what a thing is known for, then descriptions.

import type { Choice } from "./store";

export type Named = Pick<Choice, "key" | "title" | "hint" | "also">;

/** What people call these nodes elsewhere; first what each is best known for. */
export const ALSO: Record<string, string> = {
  text_to_image: "generate draw sampler txt2img prompt",
  image_pair: "generate depth map both",
  edit: "img2img change instruct inpaint",
  subject: "character reference ip-adapter",
  control: "controlnet guide scribble sketch condition",
  predict: "depth canny normal segmentation map preprocessor annotate",
  image_file: "load photo upload open image file",
  resize: "scale upscale size",
  crop: "cut trim",
  edges: "canny hed lines preprocessor",
  compare: "side by side before after",
  grid: "contact sheet collage preview save",
  pick: "choose select switch",
  note: "comment sticky remark",
  text: "string words prompt",
  prompt_template: "concatenate join format string",
};

export function matching<C extends Named>(choices: readonly C[], words: string): C[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const text = ({ title, hint = "", also = "", key }: C) => `${title} ${hint} ${also} ${key}`.toLowerCase();
  const found = choices.filter((choice) => wanted.every((word) => text(choice).includes(word)));
  return wanted.length ? found.sort((a, b) => rank(a, wanted) - rank(b, wanted)) : found;
}

function rank({ title, also = "" }: Named, wanted: readonly string[]): number {
  const name = title.toLowerCase();
  if (name.startsWith(wanted[0] ?? "")) return 0;
  if (wanted.every((word) => name.includes(word))) return 1;
  if (also.startsWith(wanted[0] ?? "")) return 2; // what it is best known for
  return wanted.every((word) => also.includes(word)) ? 3 : 4;
}
