// Texts packed into an address: raw deflate in base64, with the characters that addresses may have.

import { latin } from "./bytes";

/** Bytes through a stream that packs or unpacks; throws a RangeError beyond `most` bytes. */
export async function piped(
  bytes: BlobPart,
  through: { readable: ReadableStream; writable: WritableStream },
  most: number,
): Promise<Uint8Array> {
  const reader = new Blob([bytes]).stream().pipeThrough(through).getReader();
  const parts: BlobPart[] = [];
  for (let size = 0; ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    if ((size += value.length) > most) throw new RangeError("Too large.");
    parts.push(value);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

export async function packedText(text: string, most: number): Promise<string> {
  const bytes = await piped(text, new CompressionStream("deflate-raw"), most);
  return btoa([...bytes].map((byte) => latin(Uint8Array.of(byte))).join("")).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}
