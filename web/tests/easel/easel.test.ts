// The easel's rules: which tools there are, what is said, which turn follows which.

import assert from "node:assert/strict";
import { test } from "node:test";
import { againOf, isNearly } from "../../src/easel/again";
import { toolsFor } from "../../src/easel/face";
import { filmsOf, isBranch, markOf } from "../../src/easel/films";
import { formersOf } from "../../src/easel/following";
import { heatColour, mergedNll } from "../../src/easel/paint";
import type { Sheet as Told } from "../../src/messages.gen";
import { remarkOn, sizeIn } from "../../src/easel/shared";
import { assembled, drawnPart, emptyState, placeAmong, runOf, saidOf, statusOf, type State } from "../../src/easel/state";
import { base64Of, bytesOf } from "../../src/common/bytes";
import { noteOn } from "../../src/common/comparing";
import { beginsWithPicture } from "../../src/common/sharing";
import { png } from "../common/example";
import { sheet } from "./sheets";

const drawing = (more: object = {}): State => ({
  ...emptyState(),
  run: { key: "r", state: "drawing", sheets: [sheet("r-0", { drawn: 3 })], count: 1, left: 4.2, ...more },
});
const toolsOf = (tools: object) => Object.entries(tools).filter(([, is]) => is).map(([name]) => name);

test("a part of a picture can be continued, a whole one re-rolled, one from a file replayed", () => {
  const idle = emptyState();
  assert.deepEqual(toolsOf(toolsFor(undefined, [], idle, true)), ["forget"]);
  assert.ok(toolsFor(sheet("a", { drawn: 3 }), [], idle, true).resume);
  assert.ok(!toolsFor(sheet("a"), [], idle, true).resume);
  assert.ok(toolsFor(sheet("a"), [], idle, true).cut);
  const file = toolsFor(sheet("a", { codes: "", rows: 0, drawn: 0 }), [], idle, false);
  assert.deepEqual(toolsOf(file), ["replay", "save", "post", "share", "workflow", "open", "forget", "compare"]);
});

test("while something is drawn there is Stop, and what shows it", () => {
  assert.deepEqual(toolsOf(toolsFor(sheet("r-0", { drawn: 3 }), [], drawing(), true)), ["halt", "heat"]);
});

test("every row is shown, and only beginnings and ends are read out", () => {
  assert.equal(statusOf(drawing()), "Row 3 of 16 · 4 s left");
  assert.equal(statusOf(drawing({ count: 4, left: 0.4 })), "Picture 1 of 4 · row 3 of 16 · under 1 s left");
  assert.equal(statusOf(drawing({ state: "done", seconds: 2 })), "Done in 2.0 s.");
  assert.equal(statusOf(drawing({ state: "done", seconds: 2, message: "Nothing." })), "Done in 2.0 s. Nothing.");
  assert.equal(statusOf(drawing({ state: "done", seconds: 2 }), sheet("e-0", { seconds: 3 })), "Drawn before, in 3.0 s.");
  assert.equal(statusOf(drawing({ state: "done", seconds: 2 }), sheet("r-0")), "Done in 2.0 s.");
  assert.equal(saidOf(drawing()), "Drawing.");
  assert.equal(saidOf(drawing({ state: "done", seconds: 1.04 })), "Done in 1.0 s.");
});

test("pictures of one run belong together, and a sheet knows how much of it is drawn", () => {
  assert.equal(runOf("abc-12"), "abc");
  assert.equal(drawnPart(sheet("a", { drawn: 4 })), 0.25);
  assert.equal(drawnPart(sheet("a", { codes: "" })), 1);
});

test("pictures of one run stand by their numbers, whichever was begun first", () => {
  const among: ReturnType<typeof sheet>[] = [sheet("old-1"), sheet("old-0")];
  for (const key of ["r-2", "r-0", "r-3", "r-1", "s-0"]) among.splice(placeAmong(among, key), 0, sheet(key));
  assert.deepEqual(among.map(({ key }) => key), ["s-0", "r-3", "r-2", "r-1", "r-0", "old-1", "old-0"]);
});

test("the picture of a link is the same or another one, and then it is said why", () => {
  const shared = { identity: "i", digest: "d", model: "tabletop@1", seed: "1", prompt: "a cube" };
  assert.match(remarkOn(shared, shared), /identical ✓$/);
  assert.match(remarkOn({ ...shared, digest: "e", model: "tabletop@2" }, shared), /tabletop@1 drew that one, and tabletop@2/);
  assert.match(remarkOn({ ...shared, digest: "e" }, shared), /another picture .* at another precision/);
  assert.match(remarkOn({ ...shared, digest: "e", identity: "j" }, shared), /settings are not all the same/);
  assert.deepEqual(sizeIn({ inputs: '{"width":64, "height":32}', panels: 2 }), { width: 64, height: 64 });
});

test("a film begins with what was brought, and a fork says from where it comes", () => {
  const brought = base64Of(png());
  const first = sheet("1", { given: { image: brought } });
  const second = sheet("2", { given: { image: "1" } });
  const fork = sheet("3", { given: { image: "1" } });
  const alone = sheet("4");
  const { films, frames } = filmsOf([alone, fork, second, first], "image");
  assert.deepEqual(films.map((film) => film.map(markOf)), [["1"], ["start", "1", "2", "3"]]);
  assert.deepEqual(films[1]!.map(isBranch), [false, false, false, true]);
  assert.equal(frames.get("3")!.parent, frames.get("1"));
  assert.equal(films[1]![0]!.sheet.width, 48);
});

test("a turn that is not whole is followed by none", () => {
  const { frames } = filmsOf([sheet("1", { drawn: 3 })], "image");
  assert.equal(frames.size, 0);
});

test("rows come once: a sheet in the making is put together from them, and a whole one lets them go", () => {
  const strip = (byte: number, accepted: number[], seconds: number) => {
    const text = base64Of(Uint8Array.of(byte));
    return { bottom: 8, pixels: "", codes: text, nll: text, accepted, seconds };
  };
  const { given, ...told } = { ...sheet("a", { drawn: 2 }), given: {} };
  const strips = [strip(1, [], 0), strip(2, [3, 5], 1.5)];
  const making = assembled({ ...told, png: "", forwards: 0, tokens: 0, seconds: 0, strips } as Told);
  assert.deepEqual([...bytesOf(making.codes)], [1, 2]);
  assert.deepEqual([making.accepted, making.forwards, making.tokens, making.seconds], [[3, 5], 2, 8, 1.5]);
  assert.equal(making.strips?.length, 2);
  const whole = assembled({ ...told, png: "x", forwards: 9, tokens: 30, seconds: 2, strips } as Told);
  assert.deepEqual([whole.forwards, whole.seconds, whole.strips], [9, 2, undefined]);
  assert.deepEqual([...bytesOf(whole.nll!)], [1, 2]);
});

test("codes that were kept keep what is known of them", () => {
  const before = sheet("a", { nll: base64Of(Uint8Array.of(1, 2)) });
  const merged = mergedNll(sheet("a", { nll: base64Of(Uint8Array.of(255, 9, 255)) }), before);
  assert.deepEqual([...bytesOf(merged.nll!)], [1, 9, 255]);
  assert.deepEqual(heatColour(0), [18, 16, 48]);
  assert.deepEqual(heatColour(99), [252, 244, 190]);
});

test("hardly a word has changed where more than half of them stayed, and then the seed before is offered", () => {
  for (const other of ["a green cube", "a large red cube"]) assert.ok(isNearly("a red cube", other), other);
  for (const other of ["a red cube", "two red cubes", "a green cone", ""]) assert.ok(!isNearly("a red cube", other), other);
  const former = sheet("a", { prompt: "a red cube", seed: "1" });
  const drawn = sheet("b", { prompt: "a green cube", seed: "2" });
  assert.deepEqual(againOf(former, [drawn]), { key: "b", seed: "1" });
  for (const more of [{ seed: "1" }, { width: former.width + 8 }, { prompt: "two blue cones" }]) {
    assert.equal(againOf(former, [{ ...drawn, ...more }]), null);
  }
  assert.equal(againOf(null, [drawn]), null);
  assert.equal(againOf(former, [drawn, sheet("c")]), null);
});

test("a picture takes the place of those that followed the same drawing, and of no other", () => {
  const asked = (name: string, prompt = "a red cube") => `{"condition":{"image":"sha256:${name}"},"prompt":"${prompt}"}`;
  const before = sheet("a", { series: "1", inputs: asked("a") });
  const others = [sheet("b", { series: "2", inputs: asked("a") }), sheet("c", { series: "1", inputs: asked("a", "a cone") })];
  const latest = sheet("d", { series: "1", inputs: asked("d") });
  assert.deepEqual(formersOf(latest, [latest, before, ...others]), [before]);
  assert.deepEqual(formersOf(sheet("e"), [before, sheet("f")]), []);
});

test("sizes that differ are said, and whether the shapes do", () => {
  const square = { width: 128, height: 128 };
  assert.equal(noteOn(square, square), "");
  assert.match(noteOn(square, { width: 512, height: 512 }), /equally large/);
  assert.match(noteOn(square, { width: 160, height: 96 }), /margins/);
});

test("whoever shares a picture that began with another one is told", () => {
  const recipe = (inputs: object) => JSON.stringify({ nodes: { a: { task: "edit", inputs } }, outputs: { image: { from: "a.image" } } }, null, 1);
  assert.ok(beginsWithPicture(recipe({ instruction: "make it night", image: { image: "sha256:00" } })));
  assert.ok(beginsWithPicture(recipe({ prompt: "a cube", condition: { image: "sha256:00" } })));
  assert.ok(!beginsWithPicture(recipe({ prompt: "an image of a cube" })));
});
