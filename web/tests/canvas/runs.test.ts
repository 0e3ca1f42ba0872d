// The last runs: what is kept of each, what was changed, and the way back.

import assert from "node:assert/strict";
import { test } from "node:test";
import { moved, setInput } from "../../src/canvas/document/edit";
import { signatures } from "../../src/canvas/document/graph";
import { fromJson, toJson } from "../../src/canvas/document/json";
import { picturesOf, restored, resultIn, withRun, type KeptRun } from "../../src/canvas/document/runs";
import type { Doc, NodeRun } from "../../src/canvas/types";
import { CATALOGUE, DOC } from "./example";

const picture = (url: string) => ({ url, width: 8, height: 8 }) as NonNullable<NodeRun["pictures"]>[number];
const given = (url: string): Record<string, NodeRun> => ({ redo: { state: "done", pictures: [picture(url)] }, night: { state: "error" } });
const keep = (runs: KeptRun[], doc: Doc, url: string) => withRun(runs, doc, given(url), CATALOGUE);
const CHANGED = setInput(DOC, "redo", "prompt", "one cone");

test("each run says what was changed since the one before, and has what it gave", () => {
  const runs = keep(keep([], DOC, "a"), CHANGED, "b");
  assert.deepEqual(runs.map(({ changes }) => changes), [["The first run that is kept"], ["Prompt of redo: one cone"]]);
  assert.deepEqual(runs.map(picturesOf), [["a"], ["b"]]);
  assert.deepEqual(Object.keys(runs[0]!.nodes), ["redo"]);
  assert.deepEqual(fromJson(toJson(runs)), runs);
});

test("a run that is run again takes its own place, one that gave nothing none, and there are twelve", () => {
  const again = keep(keep(keep([], DOC, "a"), CHANGED, "b"), DOC, "c");
  assert.deepEqual(again.map(picturesOf), [["b"], ["c"]]);
  assert.equal(withRun(again, CHANGED, { night: { state: "error" } }, CATALOGUE), again);
  let many: KeptRun[] = [];
  for (let seed = 0; seed < 20; seed++) many = keep(many, setInput(DOC, "redo", "seed", seed), "a");
  assert.equal(many.length, 12);
});

test("a run comes back with its values and results, and leaves places as they are", () => {
  const [run] = keep([], DOC, "a") as [KeptRun];
  const now = moved(CHANGED, { redo: [5, 6] });
  const back = restored(now, run);
  assert.deepEqual(back.nodes, DOC.nodes);
  assert.deepEqual(back.layout!.redo, [5, 6]);
  assert.equal(resultIn(run, "redo").signature, signatures(back).redo);
});
