// Workflows as nodes: what they take and give, one for equal content, replaced, and unfolded.

import assert from "node:assert/strict";
import { test } from "node:test";
import { adopted, asDefinition, contentOf } from "../../src/canvas/document/definitions";
import * as edits from "../../src/canvas/document/edit";
import { signatureOf, signatures } from "../../src/canvas/document/graph";
import { sentenceOf } from "../../src/canvas/document/problems";
import { parse, write } from "../../src/canvas/document/read";
import { withSaved, without } from "../../src/canvas/document/saved";
import { inputPort, portsOf, refusal, taskOf } from "../../src/canvas/document/sockets";
import { rebound, settle, unfolded, withWorkflow } from "../../src/canvas/document/workflows";
import { withSeeds } from "../../src/canvas/studio/results";
import type { Doc, Json } from "../../src/canvas/types";
import { CATALOGUE } from "./example";

const REDRAWN: Doc = {
  lumina: 1,
  title: "Drawn again",
  inputs: { photo: { type: "image" }, words: { type: "text", label: "Words", default: "a cone" }, luck: { type: "integer", default: 2 } },
  nodes: {
    depth: { task: "predict", inputs: { image: { from: "inputs.photo" }, kind: "depth" } },
    redo: { task: "control", inputs: { condition: { from: "depth.image" }, prompt: { from: "inputs.words" }, seed: { from: "inputs.luck" } } },
    other: { task: "edit", inputs: { image: { from: "depth.image" }, instruction: "night", seed: { from: "inputs.luck" } } },
  },
  outputs: { picture: { from: "redo.image" }, map: { from: "depth.image" } },
  layout: { depth: [0, 0], redo: [340, 0], other: [340, 500] },
};

const DOC: Doc = {
  lumina: 1,
  workflows: { redrawn: REDRAWN },
  nodes: {
    draft: { task: "text_to_image", inputs: { prompt: "a cube", seed: 7 } },
    again: { workflow: "redrawn", inputs: { photo: { from: "draft.image" }, luck: [1, 2] } },
    last: { task: "predict", inputs: { image: { from: "again.picture" } } },
  },
  outputs: { depth: { from: "again.map" } },
  layout: { draft: [0, 0], again: [340, 0], last: [680, 0] },
};

test("a document with workflows survives writing and reading, without those that no node is", () => {
  assert.deepEqual(parse(write(DOC, 2)), DOC);
  const more = { ...DOC, workflows: { ...DOC.workflows, unused: { ...REDRAWN, title: "Unused" } } };
  assert.deepEqual(parse(write(more)), DOC);
  assert.equal(signatureOf(more), signatureOf(DOC));
  assert.ok(!("workflows" in parse(write(edits.removed(DOC, ["again"])))));
});

test("one that is saved again takes its old place's, and the oldest make room", () => {
  const named = (title: string, text = "{}") => ({ title, text });
  const all = withSaved(withSaved(withSaved([], named("a")), named("b")), named("a", "{1}"));
  assert.deepEqual(all, [named("a", "{1}"), named("b")]);
  assert.deepEqual(without(all, "a"), [named("b")]);
  assert.equal(Array.from({ length: 30 }, (_, at) => named(`${at}`)).reduce(withSaved, all).length, 24);
  const large = named("large", "x".repeat(1_000_001));
  assert.deepEqual(withSaved(all, large), [large]);
});

test("a node that is a workflow has its inputs and outputs as sockets", () => {
  const task = taskOf(DOC, CATALOGUE, DOC.nodes.again)!;
  assert.equal(task, taskOf(DOC, CATALOGUE, DOC.nodes.again), "the same object, for whoever compares");
  assert.equal(task.title, "Drawn again");
  assert.deepEqual(Object.entries(task.inputs).map(([name, port]) => [name, port.type, port.title, port.required]), [
    ["photo", "image", "photo", true], ["words", "text", "Words", false], ["luck", "integer", "luck", false],
  ]);
  assert.deepEqual(inputPort(DOC, CATALOGUE, "again", "luck")!.words, ["random"], "as the seed that it becomes");
  assert.deepEqual(Object.keys(task.outputs), ["picture", "map"]);
  assert.equal(refusal(DOC, CATALOGUE, { source: "again", output: "map", target: "last", input: "image" }), null);
  assert.match(refusal(DOC, CATALOGUE, { source: "draft", output: "image", target: "again", input: "words" })!, /takes text/);
  const unnamed = { ...DOC, workflows: { redrawn: { ...REDRAWN, outputs: {} } } };
  assert.deepEqual(Object.keys(taskOf(unnamed, CATALOGUE, DOC.nodes.again)!.outputs).sort(), ["other_image", "redo_image"]);
  assert.deepEqual(portsOf({ ...DOC, workflows: {} }, CATALOGUE, DOC.nodes.again), {});
});

test("two of equal content are one, wherever they come from", () => {
  const asRun = { ...REDRAWN, model: "tabletop@1", "x-codes": "sha256:1", layout: {} };
  assert.equal(contentOf(asRun), contentOf(REDRAWN));
  const [same, name] = adopted(DOC, asDefinition(asRun), "another");
  assert.deepEqual([same, name], [DOC, "redrawn"]);
  const other = { ...DOC, workflows: { mine: REDRAWN, redrawn: { ...REDRAWN, title: "Mine" } }, nodes: { a: { workflow: "mine" }, b: { workflow: "redrawn" } }, outputs: {} };
  const [pasted, ids] = edits.pasted(DOC, other);
  assert.deepEqual(ids.map((id) => pasted.nodes[id]!.workflow), ["redrawn", "redrawn_2"]);
  assert.deepEqual(Object.keys(parse(write(edits.fragment(DOC, ["again"]))).workflows!), ["redrawn"]);
  const [two, id] = withWorkflow(DOC, REDRAWN, "Drawn again", [0, 0]);
  assert.deepEqual([id, two.nodes[id]!.workflow, Object.keys(two.workflows!)], ["drawn_again", "redrawn", ["redrawn"]]);
});

test("its result changes with what is inside, and with what is settled there", () => {
  const inside = { ...DOC, workflows: { redrawn: { ...REDRAWN, nodes: { ...REDRAWN.nodes, redo: { ...REDRAWN.nodes.redo!, mode: "bypass" as const } } } } };
  const [then, now] = [signatures(DOC), signatures(inside)];
  assert.deepEqual([then.draft === now.draft, then.again === now.again, then.last === now.last], [true, false, false]);
  assert.notEqual(signatures(settle(DOC, "again", "redo.seed", 5)).again, then.again);
  assert.deepEqual(settle(settle(DOC, "again", "redo.seed", 5), "again", "redo.seed", undefined), DOC);
});

test("numbers that random seeds became find their place, inside too, and take no value's", () => {
  const random = edits.setInput({ ...DOC, inputs: { seed: { type: "integer", default: "random" } } }, "again", "luck", "random");
  const seeded = withSeeds(random, { "again.luck": 3, "again/depth.seed": 4, "inputs.seed": 5, "draft.seed": 6, "gone/x.seed": 7 });
  assert.equal((seeded.nodes.again!.inputs as Record<string, Json>).luck, 3);
  assert.deepEqual(seeded.nodes.again!.settled, { "depth.seed": 4 });
  assert.deepEqual([seeded.inputs!.seed!.default, seeded.nodes.draft], [5, DOC.nodes.draft]);
});

test("unfolded, its nodes stand in its place, and a list stays one list", () => {
  const [next, names] = unfolded(settle(DOC, "again", "depth.seed", 9), CATALOGUE, "again");
  assert.deepEqual(names, ["depth", "redo", "other"]);
  assert.deepEqual(next.inputs, { luck: { type: "integer", default: [1, 2] } });
  assert.deepEqual(next.nodes.depth!.inputs, { image: { from: "draft.image" }, kind: "depth", seed: 9 });
  assert.deepEqual(next.nodes.redo!.inputs, { condition: { from: "depth.image" }, prompt: "a cone", seed: { from: "inputs.luck" } });
  assert.deepEqual(next.nodes.last!.inputs, { image: { from: "redo.image" } });
  assert.deepEqual(next.outputs, { depth: { from: "depth.image" } });
  assert.deepEqual([next.layout!.depth, next.layout!.redo![0] - next.layout!.depth![0]], [[340, next.layout!.depth![1]], 340]);
  assert.ok(!("again" in next.nodes) && !("again" in next.layout!) && !("workflows" in parse(write(next))));
  const [twice] = unfolded({ ...DOC, nodes: { ...DOC.nodes, depth: DOC.nodes.draft! } }, CATALOGUE, "again");
  assert.deepEqual(twice.nodes.redo!.inputs!.condition, { from: "depth_2.image" });
});

test("unfolded, a workflow within keeps its own, with what is settled in it", () => {
  const outer: Doc = { lumina: 1, workflows: { redrawn: REDRAWN }, nodes: { deep: { workflow: "redrawn", inputs: { words: "a cube" } } } };
  const doc: Doc = { lumina: 1, workflows: { outer }, nodes: { all: { workflow: "outer", settled: { "deep/depth.seed": 4 } } } };
  const [next] = unfolded(doc, CATALOGUE, "all");
  assert.deepEqual(next.nodes.deep, { workflow: "redrawn", inputs: { words: "a cube" }, settled: { "depth.seed": 4 } });
  assert.deepEqual(Object.keys(parse(write(next)).workflows!), ["redrawn"]);
});

test("another workflow keeps the values and wires whose names it has", () => {
  const other: Doc = { lumina: 1, inputs: { photo: { type: "image" } }, nodes: { lines: { task: "predict", inputs: { image: { from: "inputs.photo" } } } }, outputs: { map: { from: "lines.image" } } };
  const next = rebound(settle(DOC, "again", "depth.seed", 4), CATALOGUE, "again", other, "lines");
  assert.deepEqual(next.nodes.again, { workflow: "lines", inputs: { photo: { from: "draft.image" } } });
  assert.deepEqual([next.nodes.last!.inputs, next.outputs], [{}, { depth: { from: "again.map" } }]);
});

test("a problem inside is told with the workflow's title", () => {
  const problem = { pointer: "/workflows/redrawn/nodes/redo/inputs/prompt", message: "must not be empty", fix: "put something in it" };
  assert.equal(sentenceOf(problem, DOC, CATALOGUE), "In “Drawn again”: Prompt of Control “redo” must not be empty; put something in it.");
});
