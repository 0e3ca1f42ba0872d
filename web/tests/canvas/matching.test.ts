// What a list of the canvas finds first.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ALSO, matching } from "../../src/canvas/studio/matching";

const CHOICES = [
  { key: "image_pair", title: "Image pair", hint: "Draw a picture from a description, and its map below it." },
  { key: "predict", title: "Predict", hint: "Draw a map of a picture, such as its edges or its segments." },
  { key: "edges", title: "Edges", hint: "The edges of a picture, to draw another one along them." },
  { key: "prompt_template", title: "Prompt template", hint: "A text with slots." },
  { key: "text", title: "Text", hint: "A text for several nodes." },
].map((each) => ({ ...each, also: ALSO[each.key] ?? "" }));
const found = (words: string) => matching(CHOICES, words).map(({ key }) => key);

test("names come before what a node is known for, and both before descriptions", () => {
  assert.deepEqual(found("depth"), ["predict", "image_pair"]);
  assert.deepEqual(found("canny"), ["edges", "predict"]);
  for (const kind of ["normal", "segmentation"]) assert.equal(found(kind)[0], "predict");
  assert.deepEqual(found("prompt"), ["prompt_template", "text"]);
  assert.deepEqual(found("edges"), ["edges", "predict"]);
  assert.deepEqual(found("draw map"), ["image_pair", "predict"]);
  assert.equal(found("").length, CHOICES.length);
});
