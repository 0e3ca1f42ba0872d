// Pictures in the making: the page is sent each strip of pixels once.

import type { Strip } from "../messages.gen";
import { bytesOf } from "./bytes";
import { penOf } from "./dom";

/** Paints strips in their order, once those `before` are painted; done when the last one is. */
export function paintStrips(canvas: HTMLCanvasElement, strips: readonly Strip[], before: Promise<unknown>): Promise<unknown> {
  return strips.reduce(async (earlier, { pixels, bottom }) => {
    const image = pixels ? createImageBitmap(new Blob([bytesOf(pixels)], { type: "image/webp" })) : null;
    await earlier;
    const strip = await image;
    if (strip) penOf(canvas).drawImage(strip, 0, bottom - strip.height);
  }, before);
}
