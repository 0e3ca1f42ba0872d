// Whether a PNG carries a workflow (iTXt chunk "lumina-workflow"), and its bytes without the pixels.

import { latin } from "../../common/bytes";
import { chunksOf, isPng, withoutPixels } from "../../common/png";

const KEY = "lumina-workflow\0";

/** What of a picture has to be sent for its workflow to be read; null if it carries none. */
export function recipePart(bytes: Uint8Array): Uint8Array | null {
  if (!isPng(bytes)) return null;
  const carries = [...chunksOf(bytes)].some(({ kind, body }) => kind === "iTXt" && latin(body.subarray(0, KEY.length)) === KEY);
  return carries ? withoutPixels(bytes) : null;
}
