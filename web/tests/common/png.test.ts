// PNGs as bytes: their chunks, without their pixels, with the texts of another one; and base64.

import assert from "node:assert/strict";
import { test } from "node:test";
import { base64Of, bytesOf } from "../../src/common/bytes";
import { chunksOf, isPng, sizeOfPng, withoutPixels, withTexts } from "../../src/common/png";
import { png } from "./example";

const kinds = (bytes: Uint8Array) => [...chunksOf(bytes)].map(({ kind }) => kind);

test("base64 comes back, also of more bytes than a call may have arguments", () => {
  const bytes = Uint8Array.from({ length: 100_000 }, (_, at) => at % 251);
  assert.deepEqual(bytesOf(base64Of(bytes)), bytes);
});

test("a PNG is known by its head, and tells its size", () => {
  assert.ok(isPng(png()));
  assert.ok(!isPng(png().subarray(0, 20)));
  assert.deepEqual(sizeOfPng(png()), { width: 48, height: 32 });
});

test("without its pixels a PNG keeps what it says", () => {
  const bare = withoutPixels(png("one", "two"));
  assert.deepEqual(kinds(bare), ["IHDR", "iTXt", "iTXt", "IEND"]);
  assert.ok(bare.length < 200);
});

test("a file that is cut off gives the chunks that are whole", () => {
  assert.deepEqual(kinds(png("one").subarray(0, 100)), ["IHDR", "iTXt"]);
});

test("the texts of one PNG go behind the head of another", () => {
  const both = bytesOf(withTexts(base64Of(png()), base64Of(png("recipe"))));
  assert.deepEqual(kinds(both), ["IHDR", "iTXt", "IDAT", "IEND"]);
  const [, text] = [...chunksOf(both)];
  assert.equal(new TextDecoder().decode(text?.body), "recipe");
});
