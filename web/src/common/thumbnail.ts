// A small picture, in the Gallery or below an image field, of which only what is there is shown.

import { made } from "./dom";

/** Unseen until it is there; where it is not to be had, what says so stands in its place. */
export function thumbnail(src: string, alt: string): HTMLImageElement {
  const image = made("img", "thumbnail", "", { alt, loading: "lazy" });
  image.addEventListener("load", () => image.toggleAttribute("data-here", true));
  image.addEventListener("error", () => image.replaceWith(made("span", "thumbnail-missing", "This picture is missing.")));
  image.src = src;
  return image;
}
