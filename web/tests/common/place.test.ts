// What Gradio tells of places in its queue, in words.

import assert from "node:assert/strict";
import { test } from "node:test";
import { makeLines, placeIn, sentenceOf } from "../../src/common/place";

const TOLD = 'data: {"msg":"estimation","event_id":"a1","rank":2,"queue_size":5,"rank_eta":14.2}';

test("a place is read from its line, and given up when it is its turn", () => {
  assert.deepEqual(placeIn(TOLD, 1000), ["a1", { rank: 2, until: 15_200 }]);
  assert.deepEqual(placeIn('data: {"msg":"process_starts","event_id":"a1","eta":3}', 0), ["a1", null]);
  for (const line of ["", "data: {", 'data: {"msg":"estimation"', 'data: {"msg":"heartbeat"}', 'data: {"msg":"estimation"}'])
    assert.equal(placeIn(line, 0), undefined);
});

test("it is counted down, and nothing is promised where nothing is known", () => {
  assert.equal(sentenceOf({ rank: 2, until: 14_000 }, 0), "2 drawings before yours, finished in about 14 s.");
  assert.equal(sentenceOf({ rank: 1, until: 14_000 }, 4000), "1 drawing before yours, finished in about 10 s.");
  assert.equal(sentenceOf({ rank: 0, until: null }, 0), "Yours is next.");
  assert.equal(sentenceOf({ rank: 0, until: 10 }, 5000), "Yours is next.");
});

test("lines come whole however they are cut, and of long ones the beginning", () => {
  const heard: string[] = [];
  const take = makeLines((line) => heard.push(line));
  const bytes = new TextEncoder().encode(`${TOLD}\n\n${"x".repeat(5000)}\n${TOLD}\n`);
  for (let at = 0; at < bytes.length; at += 7) take(bytes.subarray(at, at + 7));
  assert.deepEqual(heard, [TOLD, "", "x".repeat(300), TOLD]);
});
