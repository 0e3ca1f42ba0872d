// Sheets to try the easel's rules on.

import type { Sheet } from "../../src/easel/state";

export const sheet = (key: string, more: Partial<Sheet> = {}): Sheet => ({
  key, model: "tabletop", task: "edit", inputs: '{"image":{"image":"sha256:1"}}', prompt: "a red cube", kind: "picture",
  seed: "7", file: "tabletop-7.png", identity: key, panels: 1, rows: 16, drawn: 16, cols: 16, codes: "AAAA",
  digest: "d", width: 128, height: 128, png: key, nll: "", accepted: [], forwards: 10, tokens: 30, seconds: 1,
  score: null, ...more,
});
