// A small catalogue and a document of five nodes to try the canvas's rules on.

import type { Catalogue, Doc, Port, SocketType } from "../../src/canvas/types";

const port = (type: SocketType, title: string, more: Partial<Port> = {}): Port => ({ type, title, ...more });
const task = (title: string, inputs: Record<string, Port>, outputs: Record<string, Port>) => ({
  title, docs: "", group: "draw", available: true, asks: null, inputs, outputs,
});
const seed = port("integer", "Seed", { words: ["random"] });
const image = { image: port("image", "Image") };
const kind = port("choice", "Kind", { choices: ["depth", "canny"] });

export const CATALOGUE: Catalogue = {
  nodes: {
    text_to_image: task("Create", { prompt: port("text", "Prompt"), seed, scale: port("number", "Scale") }, image),
    edit: task("Edit", { image: port("image", "Image"), instruction: port("text", "Instruction"), seed }, image),
    predict: task("Predict", { image: port("image", "Image"), kind }, image),
    control: task("Control", { condition: port("image", "Map"), kind, prompt: port("text", "Prompt"), seed,
      rerolls: port("json", "Re-rolls", { link: false }) }, image),
    count: task("Count", { image: port("image", "Image") }, { number: port("integer", "Number") }),
  },
  types: {
    text: { letter: "T", fits: ["text"] },
    integer: { letter: "N", fits: ["integer", "number"] },
    number: { letter: "N", fits: ["number"] },
    choice: { letter: "C", fits: ["choice", "text"] },
    image: { letter: "I", fits: ["image"] },
  },
  limits: { nodes: 64, bytes: 262144, values: 64 },
};

export const DOC: Doc = {
  lumina: 1,
  title: "Winter table",
  inputs: { idea: { type: "text", default: "a red cube left of a blue sphere on a white ground" } },
  nodes: {
    redo: { task: "control", inputs: { condition: { from: "depth.image" }, kind: "depth", prompt: "two green cones at night", seed: 8 } },
    depth: { task: "predict", inputs: { image: { from: "draft.image" }, kind: "depth" } },
    draft: { task: "text_to_image", inputs: { prompt: { from: "inputs.idea" }, seed: 7 } },
    night: { task: "edit", inputs: { image: { from: "draft.image" }, instruction: "make it night", seed: 9 } },
    count: { task: "count", inputs: { image: { from: "redo.image" } } },
  },
  outputs: { picture: { from: "redo.image" }, other: { from: "night.image" } },
  layout: { draft: [0, 0], depth: [340, -170], night: [340, 170], redo: [680, 0], count: [1020, 0] },
  "x-note": "kept",
};
