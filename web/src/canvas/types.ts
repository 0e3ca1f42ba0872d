// The words of the canvas: the document, the catalogue of tasks, and what the server tells about a run.

export type Json = null | boolean | number | bigint | string | Json[] | { [key: string]: Json };
export type Place = [number, number];

export interface Link {
  from: string; // "inputs.NAME" or "NODE.OUTPUT"
}

/** A muted node is left out with all that rests on it; a bypassed one hands on what it is given. */
export type Mode = "run" | "mute" | "bypass";

export interface DocNode {
  task: string;
  inputs?: Record<string, Json | Link>;
  mode?: Mode;
  [extension: `x-${string}`]: Json | undefined;
}

export interface DocInput {
  type: SocketType;
  label?: string;
  description?: string;
  choices?: Json[];
  default?: Json;
}

export interface Doc {
  lumina: 1;
  title?: string;
  model?: string;
  inputs?: Record<string, DocInput>;
  nodes: Record<string, DocNode>;
  outputs?: Record<string, Link>;
  layout?: Record<string, Place>;
  [extension: `x-${string}`]: Json | undefined;
}

export type SocketType = "text" | "integer" | "number" | "boolean" | "choice" | "image" | "json";

export interface Port {
  type: SocketType;
  title: string;
  docs?: string;
  required?: boolean;
  default?: Json;
  choices?: Json[];
  words?: string[]; // that stand beside the type's own values, as "random" for a seed
  limits?: { min?: number; max?: number; step?: number; max_length?: number };
  advanced?: boolean;
  many?: boolean; // holds a list; a list for any other input makes the node run once for each value
  link?: boolean; // whether a wire may lead here
}

export interface Task {
  title: string;
  docs: string;
  group: string;
  available: boolean; // to the model that is loaded
  asks: string | null; // the input that a click on one of its pictures fills
  slots?: string | null; // the input whose {names} are inputs too
  inputs: Record<string, Port>;
  outputs: Record<string, Port>;
}

export interface Catalogue {
  nodes: Record<string, Task>;
  types: Partial<Record<SocketType, { letter: string; fits: SocketType[] }>>;
  limits: { nodes: number; bytes: number; values: number };
}

/** One end to the other: an output of a node (or a workflow input) into an input (or a result). */
export interface Wire {
  source: string;
  output: string;
  target: string;
  input: string;
}

export interface Picture {
  url: string;
  width: number;
  height: number;
  file?: string; // name to save it under; a picture in the making has none
}

export type NodeState =
  | "idle" | "stale" | "queued" | "running" | "done" | "cached" | "stopped" | "error" | "skipped" | "choice";

export interface NodeRun {
  state: NodeState;
  done?: number;
  total?: number;
  pictures?: Picture[];
  text?: string;
  seconds?: number;
  message?: string;
}

export interface Run {
  run: string; // its key
  state: "idle" | "running" | "done" | "stopped" | "failed" | "choice";
  message?: string;
  nodes: Record<string, NodeRun>;
  seeds?: Record<string, Json>; // by node, what "random" became; as text where beyond JavaScript's numbers
}

export interface Problem {
  pointer: string;
  message: string;
  fix: string;
}

export interface Plan {
  of: string; // signature of the document it was made for
  line?: string; // "2 of 5 steps will run, about 6 s"
  faults?: Record<string, string>; // by node, why it cannot run
  problems?: Problem[];
  again?: string; // there is more to know soon, because the model is still loading; another one each time
}

/** What a node gave once, with the inputs that made it, so that they can be brought back. */
export interface Result extends NodeRun {
  signature: string; // of the node when it ran
  again: string; // of the node with these inputs brought back
  made: Record<string, Record<string, Json | Link>>; // inputs of the node and of all before it
}
