// Which wires are refused, and the reason a person gets.

import assert from "node:assert/strict";
import { test } from "node:test";
import { RESULTS } from "../../src/canvas/document/graph";
import { givers, outputPort, refusal, takers } from "../../src/canvas/document/sockets";
import { CATALOGUE, DOC } from "./example";

const why = (from: string, to: string) => {
  const [source, output] = from.split(".") as [string, string];
  const [target, input] = to.split(".") as [string, string];
  return refusal(DOC, CATALOGUE, { source, output, target, input });
};

test("wires that fit are not refused", () => {
  assert.equal(why("night.image", "depth.image"), null);
  assert.equal(why("inputs.idea", "redo.prompt"), null);
  assert.equal(why("count.number", "night.seed"), null);
  assert.equal(refusal(DOC, CATALOGUE, { source: "night", output: "image", target: RESULTS, input: "" }), null);
});

for (const [from, to, reason] of [
  ["draft.image", "redo.prompt", "“Prompt” takes text, not a picture."],
  ["inputs.idea", "depth.image", "“Image” takes a picture, not text."],
  ["inputs.idea", "depth.kind", "“Kind” takes a choice, not text."],
  ["draft.image", "night.seed", "“Seed” takes a whole number, not a picture."],
  ["redo.image", "redo.condition", "A node cannot feed itself."],
  ["redo.image", "depth.image", "This would make a circle: redo → depth → redo."],
  ["count.number", "redo.rerolls", "“Re-rolls” is written here and takes no wire."],
  ["gone.image", "depth.image", "This task is not known here, so nothing can be taken from it."],
] as const) {
  test(`${from} into ${to} is refused`, () => assert.equal(why(from, to), reason));
}

test("a wire that ends on empty space is offered only what fits", () => {
  const image = outputPort(DOC, CATALOGUE, "draft", "image")!;
  assert.deepEqual(takers(CATALOGUE, image).map(([task]) => task), ["edit", "predict", "control", "count"]);
  const prompt = CATALOGUE.nodes.text_to_image!.inputs.prompt!;
  assert.deepEqual(givers(CATALOGUE, prompt), []);
});
