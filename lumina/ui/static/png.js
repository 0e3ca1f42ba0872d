// Bytes and base64, and what a PNG says besides its pixels: only that part is sent to be read for a recipe.

const MAX_FILE = 20_000_000;

function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

function base64Of(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
  return btoa(text);
}

function isPng(bytes) {
  return bytes.length >= 24 && [137, 80, 78, 71, 13, 10, 26, 10].every((byte, at) => bytes[at] === byte);
}

function sizeOfPng(bytes) {
  const numbers = new DataView(bytes.buffer, bytes.byteOffset);
  return { width: numbers.getUint32(16), height: numbers.getUint32(20) };
}

// Gives a link the picture of a sheet to be saved; the one before is let go.
function offerAt(link) {
  let offered = "";
  return (sheet) => {
    if (offered === sheet.png) return;
    offered = sheet.png;
    URL.revokeObjectURL(link.href);
    const href = URL.createObjectURL(new Blob([bytesOf(sheet.png)], { type: "image/png" }));
    Object.assign(link, { href, download: sheet.file || "picture.png" });
  };
}

// The chunks of a PNG, each with its kind; stops where the file is cut off.
function* chunksOf(bytes) {
  const numbers = new DataView(bytes.buffer, bytes.byteOffset);
  for (let at = 8; at + 12 <= bytes.length; ) {
    const end = at + 12 + numbers.getUint32(at);
    if (end > bytes.length) return;
    yield { kind: String.fromCharCode(...bytes.subarray(at + 4, at + 8)), chunk: bytes.subarray(at, end) };
    at = end;
  }
}

function withoutPixels(bytes) {
  const kept = [...chunksOf(bytes)].filter(({ kind }) => kind !== "IDAT");
  return joined([bytes.subarray(0, 8), ...kept.map(({ chunk }) => chunk)]);
}

// A PNG in base64 with the texts of another one, behind its head.
function withTexts(png, other) {
  const bytes = bytesOf(png);
  const texts = [...chunksOf(bytesOf(other))].filter(({ kind }) => kind === "iTXt");
  const [head, ...rest] = [...chunksOf(bytes)].map(({ chunk }) => chunk);
  return base64Of(joined([bytes.subarray(0, 8), head, ...texts.map(({ chunk }) => chunk), ...rest]));
}

function joined(parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((at, part) => (whole.set(part, at), at + part.length), 0);
  return whole;
}
