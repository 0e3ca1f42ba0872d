// A picture of two panels, one above the other, taken apart.

import { made, penOf } from "./dom";
import { withTexts } from "./png";

/** One panel of a pair; it still says what drew it. */
export async function halfOf(png: string, part: string | undefined): Promise<string> {
  const image = new Image();
  image.src = `data:image/png;base64,${png}`;
  await image.decode();
  const canvas = made("canvas", "", "", { width: image.naturalWidth, height: image.naturalHeight / 2 });
  penOf(canvas).drawImage(image, 0, part === "lower" ? -canvas.height : 0);
  return withTexts(canvas.toDataURL("image/png").split(",")[1] ?? "", png);
}
