// Documents: reading, writing, links, pictures, signatures and undo.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as edits from "../../src/canvas/document/edit";
import * as frames from "../../src/canvas/document/frames";
import { cone, order, signatureOf, signatures, wires } from "../../src/canvas/document/graph";
import { begun, changed, redone, undone } from "../../src/canvas/document/history";
import { cards, freePlace, freeShift, placesOf, tidied } from "../../src/canvas/document/layout";
import { exact, fromJson, toJson } from "../../src/canvas/document/json";
import { isHeeded, sentenceOf } from "../../src/canvas/document/problems";
import { recipePart } from "../../src/canvas/document/png";
import { parse, Unreadable, write } from "../../src/canvas/document/read";
import { fromLink, linkTo, unpacked } from "../../src/canvas/document/share";
import type { Doc } from "../../src/canvas/types";
import { CATALOGUE, DOC } from "./example";

test("every whole number keeps its digits: in seeds, lists, re-rolls, notes and inputs", () => {
  const big = "9007199254740993";
  const text = `{"lumina":1,"inputs":{"s":{"type":"integer","default":${big}}},"nodes":{"a":{"task":"control","inputs":{"seed":[${big},-${big},7],"rerolls":[[2,${big}]],"prompt":"${big}"},"x-n":${"9".repeat(90)}}},"x-note":[${big}]}`;
  assert.equal(write(parse(text)), text);
  assert.equal(toJson(fromJson(text)), text);
  assert.equal(write(edits.setInput(parse(text), "a", "kind", "depth")).split(big).length, text.split(big).length);
  assert.notEqual(signatureOf(parse(text)), signatureOf(parse(text.replaceAll(big, "9007199254740992"))));
  assert.deepEqual(exact([big, "5"]), [BigInt(big), "5"]);
});

test("places beyond exact numbers are places still", () => {
  const doc = parse('{"lumina":1,"nodes":{"a":{"task":"edit"}},"layout":{"a":[9007199254740993,0]}}');
  assert.equal(typeof edits.moved(doc, { a: [doc.layout!.a![0] + 1, 2] }).layout!.a![0], "number");
});

test("a document survives writing and reading", () => {
  assert.deepEqual(parse(write(DOC, 2)), DOC);
});

test("a seed beyond JavaScript's whole numbers keeps every digit", () => {
  const text = '{"lumina":1,"nodes":{"a":{"task":"edit","inputs":{"seed":4611686018427387905,"instruction":"1234567890123456789"}}}}';
  assert.equal(write(parse(text)), text);
});

test("a decimal of many digits stays a number, and a text of digits a text", () => {
  const text = '{"lumina":1,"nodes":{"a":{"task":"edit","inputs":{"temperature":0.3333333333333333,"instruction":"0.33333333333333331"}}}}';
  assert.equal(write(parse(text)), text);
});

test("what is no workflow is refused in a sentence", () => {
  for (const text of ["", "{", "[]", '{"lumina":1}', '{"lumina":2,"nodes":{}}', '{"lumina":1,"nodes":{"a":{}}}']) {
    assert.throws(() => parse(text), Unreadable, text);
  }
});

test("a node whose task nobody knows is kept", () => {
  const doc = parse('{"lumina":1,"nodes":{"a":{"task":"paint_it_black","inputs":{"x":{"from":"b.image"}}}}}');
  assert.equal(doc.nodes.a!.task, "paint_it_black");
});

test("reading order puts every node after what it takes from", () => {
  const found = order(DOC);
  for (const { source, target } of wires(DOC)) {
    if (source in DOC.nodes && target in DOC.nodes) assert.ok(found.indexOf(source) < found.indexOf(target));
  }
  assert.deepEqual([...cone(DOC, "redo")].sort(), ["depth", "draft", "redo"]);
  assert.deepEqual(cards(DOC).at(0), "inputs");
});

test("a changed input changes the signatures of exactly what follows", () => {
  const before = signatures(DOC);
  const after = signatures(edits.setInput(DOC, "depth", "kind", "canny"));
  const touched = Object.keys(before).filter((id) => before[id] !== after[id]);
  assert.deepEqual(touched.sort(), ["count", "depth", "redo"]);
  assert.deepEqual(signatures(edits.moved({ ...DOC, title: "x" }, { draft: [9, 9] })), before);
});

test("a link holds five nodes in under 600 characters and gives them back", async () => {
  const link = await linkTo(DOC, "someone/lumina-studio", "");
  assert.ok(link.startsWith("https://huggingface.co/spaces/someone/lumina-studio#wf="));
  assert.ok(link.length < 600, `${link.length} characters`);
  assert.deepEqual(parse(new TextDecoder().decode(await fromLink(link))), DOC);
  await assert.rejects(unpacked("AAAA"), Unreadable);
});

function png(text: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from("lumina-workflow\0\0\0\0\0"), text]);
  const chunk = (kind: string, data: Buffer) => {
    const size = Buffer.alloc(4);
    size.writeUInt32BE(data.length);
    return Buffer.concat([size, Buffer.from(kind), data, Buffer.alloc(4)]);
  };
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  return new Uint8Array(Buffer.concat([signature, chunk("IHDR", Buffer.alloc(13)), chunk("iTXt", body), chunk("IEND", Buffer.alloc(0))]));
}

test("a picture gives its workflow back, one without gives none", async () => {
  const bytes = png(Buffer.from(write(DOC)));
  assert.deepEqual(recipePart(bytes), bytes);
  assert.equal(recipePart(png(Buffer.alloc(0)).subarray(0, 40)), null);
});

test("undo and redo go through every step, and quick changes of one thing are one step", () => {
  let history = begun(DOC);
  for (const [at, prompt] of ["a", "ab", "abc"].entries()) {
    history = changed(history, edits.setInput(history.doc, "redo", "prompt", prompt), "redo.prompt", at * 100);
  }
  history = changed(history, edits.removed(history.doc, ["depth"]), "", 500);
  assert.equal(history.past.length, 2);
  assert.deepEqual(undone(undone(history)).doc, DOC);
  assert.deepEqual(redone(undone(history)).doc, history.doc);
  assert.equal(undone(begun(DOC)).doc, DOC);
});

test("tidy places put every card right of what it takes from, and none on another", () => {
  const places = tidied(DOC);
  for (const { source, target } of wires(DOC)) assert.ok(places[source]![0] < places[target]![0], `${source} ${target}`);
  const all = Object.values(places).map(String);
  assert.equal(new Set(all).size, all.length);
  assert.deepEqual(placesOf(DOC).draft, [0, 0]);
});

test("tidied chains stand in line, whatever the height of their cards", () => {
  const link = (from: string) => ({ task: "edit", inputs: { image: { from: `${from}.image` } } });
  const nodes = { a: { task: "text_to_image" }, b: link("a"), c: link("b"), p: { task: "text_to_image" }, q: link("p"), r: link("q") };
  const places = tidied({ lumina: 1, nodes }, { a: 300, b: 520, c: 410, p: 500, q: 300, r: 400 });
  assert.equal(places.b![1], places.c![1]);
  assert.equal(places.q![1], places.r![1]);
  assert.ok(places.q![1] >= places.b![1] + 520 && places.p![1] >= places.a![1] + 300);
});

test("new cards lie on no other, however many are put at one place", () => {
  let doc: Doc = { lumina: 1, nodes: {} };
  for (let count = 0; count < 9; count++) [doc] = edits.addNode(doc, "text_to_image", freePlace(doc, [100, 50]));
  const all = Object.values(placesOf(doc));
  const clashes = all.flatMap(([x, y], at) => all.slice(at + 1).filter(([left, top]) => Math.abs(left - x) < 280 && Math.abs(top - y) < 480));
  assert.deepEqual(clashes, []);
  const one = edits.addNode({ lumina: 1, nodes: {} }, "text_to_image", [0, 0])[0];
  assert.deepEqual(freePlace(one, [0, 300]), [340, 300]); // beside it, though beneath it would be nearer
});

test("a copy is pasted under free names, with its wires inside", () => {
  const [next, ids] = edits.pasted(DOC, edits.fragment(DOC, ["depth", "redo"]));
  assert.deepEqual(ids, ["depth_2", "redo_2"]);
  assert.deepEqual(next.nodes.redo_2!.inputs!.condition, { from: "depth_2.image" });
  assert.deepEqual(next.nodes.depth_2!.inputs!.image, { from: "draft.image" });
  const [elsewhere] = edits.pasted({ lumina: 1, nodes: {} }, edits.fragment(DOC, ["depth"]));
  assert.deepEqual(elsewhere.nodes.depth!.inputs, { kind: "depth" });
});

test("removing, renaming and giving away an input keep every other link", () => {
  const removed = edits.removed(DOC, ["depth"]);
  assert.equal(removed.nodes.redo!.inputs!.condition, undefined);
  const [renamed, name] = edits.renamed(DOC, "draft", "First Draft!");
  assert.equal(name, "first_draft");
  assert.deepEqual(renamed.nodes.depth!.inputs!.image, { from: "first_draft.image" });
  const given = edits.promoted(DOC, CATALOGUE, "redo", "prompt");
  assert.deepEqual(given.nodes.redo!.inputs!.prompt, { from: "inputs.prompt" });
  assert.equal(given.inputs!.prompt!.default, "two green cones at night");
  assert.deepEqual(edits.demoted(given, "prompt").nodes, DOC.nodes);
  assert.deepEqual(edits.unasked(given, "redo", "prompt"), DOC);
  const twice = edits.connected(given, { source: "inputs", output: "prompt", target: "night", input: "instruction" });
  const once = edits.unasked(twice, "redo", "prompt");
  assert.deepEqual(once.inputs, twice.inputs);
  assert.deepEqual(once.nodes.redo, DOC.nodes.redo);
  assert.deepEqual(edits.unasked(once, "redo", "condition"), once);
});

test("a frame takes along what lies in it, hugs it, and is copied with it", () => {
  const [doc, name] = frames.framed(DOC, ["depth", "night"], [0, 0], { depth: 200, night: 200 });
  assert.deepEqual(doc.frames![name]!, { title: "", colour: "grey", place: [316, -238], size: [338, 632] });
  assert.deepEqual(frames.within(doc, name), ["depth", "night"]);
  const along = frames.carried(doc, name, [416, -238]);
  assert.deepEqual(along, { depth: [440, -170], night: [440, 170] });
  const next = frames.settled(doc, { [frames.frameId(name)]: [416, -238], ...along });
  assert.deepEqual([next.frames![name]!.place, next.layout!.depth], [[416, -238], [440, -170]]);
  assert.deepEqual(frames.within(next, name), ["depth", "night"]);
  assert.equal(signatureOf(next), signatureOf(DOC));
  const ids = frames.withContents(next, [frames.frameId(name)]);
  const part = { ...edits.fragment(next, ids), ...frames.framesAmong(next, ids) };
  const both = frames.framesPasted(edits.pasted(next, part)[0], part, [40, 40]);
  assert.deepEqual(both.frames!.frame_2!.place, [456, -198]);
  assert.deepEqual(frames.unframed(next, [frames.frameId(name)]).frames, {});
  assert.deepEqual(frames.reframed(next, name, { size: [1, 1] }).frames![name]!.size, frames.LEAST);
  assert.deepEqual(parse(write(next)), next);
});

test("muting twice gives the document back", () => {
  const muted = edits.inMode(DOC, ["depth", "night"], "mute");
  assert.equal(muted.nodes.night!.mode, "mute");
  assert.deepEqual(edits.inMode(muted, ["depth", "night"], "mute"), DOC as Doc);
});

test("a group that is added comes to lie on nothing, the shortest way", () => {
  const places = placesOf(DOC);
  const group = Object.keys(DOC.nodes).map((id) => ({ place: places[id]!, height: 200 }));
  const heights = Object.fromEntries(cards(DOC).map((id) => [id, 200]));
  const [x, y] = freeShift(DOC, group, heights);
  for (const { place: [left, top] } of group) {
    const isFree = ([l, t]: readonly [number, number]) => Math.abs(l - left - x) >= 290 || Math.abs(t - top - y) >= 200;
    assert.ok(Object.values(places).every(isFree));
  }
  assert.deepEqual(freeShift(DOC, [{ place: [9000, 9000], height: 200 }], heights), [0, 0]);
});

test("problems are told by what a person sees", () => {
  const empty = { pointer: "/nodes/redo/inputs/prompt", message: "is missing", fix: 'add "prompt"' };
  assert.equal(sentenceOf(empty, DOC, CATALOGUE), "Prompt of Control “redo” is still empty; fill it in, or draw a wire to it.");
  const kind = { pointer: "/nodes/depth/inputs/kind", message: "must be depth or canny", fix: "make it depth or canny" };
  assert.equal(sentenceOf(kind, DOC, CATALOGUE), "Kind of Predict “depth” must be depth or canny.");
  const input = { pointer: "/inputs/idea/default", message: "is too long", fix: "make it shorter" };
  assert.equal(sentenceOf(input, DOC, CATALOGUE), "The input “idea” is too long; make it shorter.");
});

test("a fault is said as one once its field was filled in, or Run was pressed", () => {
  const problem = { pointer: "/nodes/draft/inputs/width", message: "is no size", fix: "write 128" };
  assert.ok(!isHeeded(problem, []) && !isHeeded(problem, ["/nodes/draft/inputs/wid", "/nodes/other"]));
  for (const part of ["", "/nodes/draft/inputs/width", "/nodes/draft"]) assert.ok(isHeeded(problem, [part]));
});
