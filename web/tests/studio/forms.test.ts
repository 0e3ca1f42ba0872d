// What a browser keeps of a form.

import assert from "node:assert/strict";
import { test } from "node:test";
import { summaryOf } from "../../src/gallery/cards";
import { differing, filled, keptSeed, presetOf, seedNote } from "../../src/studio/forms";

const DEFAULTS = ["", 4, "128x128", [1, 2]];
const OFFERED = [[], [], ["128x128", "256x256"], []];

test("only what differs from the defaults is kept, and comes back", () => {
  const values = ["a cone", 4, "256x256", [1, 2]];
  const kept = differing(values, DEFAULTS);
  assert.deepEqual(kept, ["a cone", null, "256x256", null]);
  assert.deepEqual(filled(kept, DEFAULTS, OFFERED), values);
});

test("a choice that is not offered any more is let go, and another form's values are not taken", () => {
  assert.deepEqual(filled([null, 5, "64x64", null], DEFAULTS, OFFERED), ["", 5, "128x128", [1, 2]]);
  assert.deepEqual(filled(["a"], DEFAULTS, OFFERED), DEFAULTS);
  assert.deepEqual(filled(null, DEFAULTS, OFFERED), DEFAULTS);
});

test("words that were taken along from the page of another model come before those that were kept", () => {
  const moved = JSON.stringify({ task: "text_to_image", words: "a cat" });
  Object.defineProperty(globalThis, "sessionStorage", { value: { getItem: () => moved }, configurable: true });
  const kept = ["a cone", null, null, null];
  assert.deepEqual(filled(kept, DEFAULTS, OFFERED, "text_to_image", 0), ["a cat", ...DEFAULTS.slice(1)]);
  assert.deepEqual(filled(kept, DEFAULTS, OFFERED, "control", 0), ["a cone", ...DEFAULTS.slice(1)]);
  assert.deepEqual(filled(kept, DEFAULTS, OFFERED, "edit"), ["a cone", ...DEFAULTS.slice(1)]);
});

test("the gallery says how many there are, and why not more", () => {
  assert.equal(summaryOf({}, 1), "1 picture");
  assert.equal(summaryOf({ more: true, full: true }, 3), "3+ pictures; search by words to find older ones");
  assert.equal(summaryOf({ words: "cone" }, 0), "No picture with these words.");
});

test("settings are the preset whose values they are, or none", () => {
  const ways = { usual: [1, 1, 0.95], best: [1, 4, 0.95] };
  assert.equal(presetOf(ways, [1, 4, 0.95]), "best");
  assert.equal(presetOf(ways, ["1", 1, 0.95000000001]), "usual");
  assert.equal(presetOf(ways, [2, 4, 0.95]), null);
  assert.equal(presetOf(ways, [1, null, 0.95]), null);
});

test("a seed that is kept is said, and nothing that is no seed", () => {
  assert.match(keptSeed(" 1197470798 ", true), /Keeps seed 1197470798 <button/);
  for (const [seed, isKept] of [["7", false], ["", true], [null, true], ["<b>7", true]]) assert.equal(keptSeed(seed, isKept), "");
});

test("above the seed stands what is true of it: kept, or another each time", () => {
  const words: [string, string] = ["another", "the same"];
  const said = (seed: unknown, isKept: unknown) => (seedNote(seed, isKept, words) as { info: string }).info;
  assert.equal(said("7", true), "the same");
  for (const [seed, isKept] of [["7", false], ["", true], [null, true]]) assert.equal(said(seed, isKept), "another");
});
