// Whether a PNG carries a workflow (iTXt chunk "lumina-workflow"), and its bytes without the pixels.

const KEY = "lumina-workflow\0";
const SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10];

/** What of a picture has to be sent for its workflow to be read; null if it carries none. */
export function recipePart(bytes: Uint8Array): Uint8Array | null {
  if (!SIGNATURE.every((byte, at) => bytes[at] === byte)) return null;
  const all = [...chunks(bytes)];
  if (!all.some(({ kind, body }) => kind === "iTXt" && latin(body.subarray(0, KEY.length)) === KEY)) return null;
  const kept = all.filter(({ kind }) => kind !== "IDAT").map(({ whole }) => whole);
  return joined([bytes.subarray(0, 8), ...kept]);
}

function* chunks(bytes: Uint8Array): Generator<{ kind: string; body: Uint8Array; whole: Uint8Array }> {
  const numbers = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8; at + 12 <= bytes.length; ) {
    const end = at + 12 + numbers.getUint32(at);
    if (end > bytes.length) return;
    const kind = latin(bytes.subarray(at + 4, at + 8));
    yield { kind, body: bytes.subarray(at + 8, end - 4), whole: bytes.subarray(at, end) };
    at = end;
  }
}

function joined(parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((at, part) => (whole.set(part, at), at + part.length), 0);
  return whole;
}

const latin = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
