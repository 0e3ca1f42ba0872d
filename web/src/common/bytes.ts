// Bytes, and base64, as which they travel.

/** Bytes that a Blob may be made of. */
export type Bytes = Uint8Array<ArrayBuffer>;

export const MAX_FILE = 20_000_000; // bytes that are read of a file

const CHUNK = 32_768; // characters that one call may have as arguments

export function bytesOf(base64: string): Bytes {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

export function base64Of(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += CHUNK) text += latin(bytes.subarray(at, at + CHUNK));
  return btoa(text);
}

/** One character a byte; of few bytes. */
export function latin(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

export function joined(parts: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((at, part) => (whole.set(part, at), at + part.length), 0);
  return whole;
}
