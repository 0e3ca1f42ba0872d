// The words of the canvas: what the messages of a document, a catalogue and a run are called here, and what only the page knows.

import type { Catalogue, Fit, Frame, Input, JsonValue, Link, Node, NodeView, PlanView, Port, Problem, RunView } from "../messages.gen";
import type { ShownPicture, TaskInfo, Template, Workflow } from "../messages.gen";

export type { Catalogue, Fit, Frame, Link, PlanView, Port, Problem, TaskInfo, Template };
export type Json = JsonValue;
export type Doc = Workflow;
export type DocNode = Node;
export type DocInput = Input;
export type Picture = ShownPicture;
export type SocketType = Port["type"];
export type Place = [number, number];

/** A muted node is left out with all that rests on it; a bypassed one hands on what it is given. */
export type Mode = NonNullable<Node["mode"]>;

/** One end to the other: an output of a node (or a workflow input) into an input (or a result). */
export interface Wire {
  source: string;
  output: string;
  target: string;
  input: string;
}

export type NodeState = NodeView["state"] | "stale"; // the result of inputs that have changed since

export interface NodeRun extends Omit<NodeView, "state"> {
  state: NodeState;
}

/** A run as the page follows it: also before the first word of it, and after Stop. */
export interface Run extends Omit<RunView, "state" | "nodes"> {
  state: RunView["state"] | "idle" | "stopped";
  nodes: Record<string, NodeRun>;
}

/** What a node gave once, with the inputs that made it, so that they can be brought back. */
export interface Result extends NodeRun {
  signature: string; // of the node when it ran
  again: string; // of the node with these inputs brought back
  made: Record<string, Record<string, Json | Link>>; // inputs of the node and of all before it
  settled?: Record<string, Record<string, Json>>; // of those that are workflows what was settled inside
}
