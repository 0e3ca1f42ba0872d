// What a proxy answers in the studio's stead, as a sentence.

import assert from "node:assert/strict";
import { test } from "node:test";
import { inOurWords, refusalIn, sentenceOf } from "../../src/common/proxy";

test("a proxy's refusal names the size and the limit", () => {
  const said = sentenceOf(413, "text/html", 2_400_000);
  assert.match(said, /2\.4 MB/);
  assert.match(said, /client_max_body_size/);
  assert.match(sentenceOf(413, null, 0), /this much/);
  for (const status of [502, 503, 504]) assert.match(sentenceOf(status, "text/html", 10), /proxy/);
});

test("what the studio itself answers is left to it", () => {
  assert.equal(sentenceOf(413, "application/json", 10), "");
  for (const status of [200, 404, 500]) assert.equal(sentenceOf(status, "text/html", 10), "");
});

test("the studio's own refusals for now are told in its words", async () => {
  const json = { headers: { "content-type": "application/json" } };
  const full = (status: number, body: string) => refusalIn(new Response(body, { ...json, status }));
  assert.equal(await full(429, '{"detail": "Try again in 3 s."}'), "Try again in 3 s.");
  assert.equal(await full(503, '{"error": "No room."}'), "No room.");
  for (const body of ["{", "5", "null", '{"detail": [1]}']) assert.equal(await full(503, body), "");
  assert.equal(await full(200, '{"detail": "x"}'), "");
});

test("a page of the proxy's becomes an answer that Gradio can read", async () => {
  const answer = inOurWords(new Response("<html>", { status: 502 }), "The proxy cannot reach it.");
  assert.equal(answer.status, 502);
  assert.deepEqual(await answer.json(), { detail: "The proxy cannot reach it.", error: "The proxy cannot reach it." });
});
