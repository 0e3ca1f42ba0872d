// Written by `make web` from lumina/ui/messages/; changes belong there.

/** A number that JavaScript would round is read as a bigint. */
export type JsonValue =
  | null | boolean | number | bigint | string | JsonValue[] | { [key: string]: JsonValue };

/** Keep a picture for this visitor, or read a file, whatever it is; either in base64. */
export interface Bring {
  picture?: string;
  file?: string;
  ticket?: string;
  visitor?: string;
}

/** The name of a picture that was brought, the text of a document, or why it cannot be used. Of a file of another program a sentence that says what it is, and its prompt. */
export interface Brought {
  ticket: string;
  image?: string;
  thumbnail?: string; // its address
  document?: string;
  sentence?: string;
  prompt?: string;
  error?: string;
}

/** What the gallery shows of a picture. */
export interface Card {
  id: string;
  made: number; // seconds since 1970
  title: string;
  size: string;
  image: string; // its address
  recipe: string;
  starred: boolean;
  panels: number;
  kind: string; // of map, "picture", or empty for what a workflow has made
  tab: string; // its address; empty for what a workflow has made
}

/** An answer to what the gallery asked for. */
export interface Cards {
  ticket: string;
  cards: Card[];
  message?: string;
  words?: string; // that were searched for
  more?: boolean;
  full?: boolean; // whether no more are shown on one page
  promise?: string; // what is kept; empty where the message says that nothing is
}

/** All kinds of nodes, types of sockets, and limits. */
export interface Catalogue {
  nodes: Record<string, TaskInfo>;
  types: Record<string, Fit>;
  limits: DocumentLimits;
}

/** The part of a sheet that comes back from a page, to go on from its codes. */
export interface Continued {
  task: string;
  inputs: string;
  given?: Record<string, string>; // pictures it was given, by field, in base64
  key?: string;
  model: string;
  codes: string;
  cols: number;
}

/** How large a document may be. */
export interface DocumentLimits {
  nodes: number;
  bytes: number;
  values: number;
}

/** The rows of a picture as they came, as far as they are drawn. */
export interface DrawnRows {
  cols: number;
  codes: string[]; // as in a sheet
}

/** A run as the easel shows it; of what it holds, only what is new travels. */
export interface EaselView {
  run: string; // its key
  onto: string; // key of the picture that is drawn on
  state: "waiting" | "drawing" | "done" | "failed";
  count: number; // pictures there will be
  sheets: Sheet[];
  message?: string;
  done?: number; // rows of all pictures
  total?: number;
  left?: number | null; // seconds
  seconds?: number; // spent drawing; candidates are drawn side by side
}

/** Another model that is here, which knows more of the words. */
export interface Elsewhere {
  model: string;
  title: string;
}

/** Run a document, up to a node if one is named. */
export interface Execute {
  document?: string;
  target?: string | null;
  drawn?: Record<string, DrawnRows[]>; // of a run that is gone on with, as in RunView
  visitor?: string;
}

/** A type of socket: the letter it shows, and the inputs it may fill. */
export interface Fit {
  letter: string;
  fits: ("text" | "integer" | "number" | "boolean" | "choice" | "image" | "json")[];
}

/** The picture is to follow a drawing, all of whose pictures are one series. */
export interface Follow {
  series?: string;
}

/** A kind of file: the pattern of its first bytes, and why it cannot be used, if so. */
export interface Format {
  pattern: string;
  refusal: string;
}

/** A titled, coloured rectangle behind the nodes of the canvas: what lies in it moves along with it. */
export interface Frame {
  title?: string;
  colour?: "grey" | "red" | "amber" | "green" | "blue" | "violet";
  place: [number, number];
  size: [number, number];
  [extension: `x-${string}`]: JsonValue | undefined;
}

/** A picture of the gallery for the tab of a task, or the text of a workflow. */
export interface Handed {
  ticket: string;
  message?: string;
  png?: string;
  task?: string;
  text?: string;
}

/** A value that is filled in when the workflow is run. */
export interface Input {
  type: "text" | "integer" | "number" | "boolean" | "choice" | "image";
  label?: string;
  description?: string;
  choices?: JsonValue[] | null;
  default?: JsonValue;
  [extension: `x-${string}`]: JsonValue | undefined;
}

/** What a value must keep to. */
export interface Limits {
  min?: number | null;
  max?: number | null;
  step?: number | null;
  max_length?: number | null;
}

/** Takes a value from elsewhere: from an input of the workflow, or from an output of another node. */
export interface Link {
  from: string; // "inputs.NAME" or "NODE.OUTPUT"
}

/** The picture that is looked at, to be compared with what it was made from. */
export interface Look {
  task: string;
  inputs: string;
  given?: Record<string, string>; // pictures it was given, by field, in base64
  model: string;
  png: string;
}

/** One task, or one of the document's workflows, with its inputs. A muted node is left out with all that rests on it; a bypassed one hands on the first link of its output's type. */
export interface Node {
  task?: string;
  workflow?: string; // in place of a task: the name of one of the "workflows"
  inputs?: Record<string, Link | JsonValue>;
  settled?: Record<string, JsonValue>; // of a workflow, by NODE.INPUT: what is left open in it, random seeds and choices
  mode?: "run" | "mute" | "bypass";
  [extension: `x-${string}`]: JsonValue | undefined;
}

/** What a node of a run is doing. */
export interface NodeView {
  state: "idle" | "queued" | "running" | "done" | "cached" | "stopped" | "error" | "skipped" | "choice";
  done?: number; // rows
  total?: number;
  pictures?: ShownPicture[];
  text?: string;
  seconds?: number;
  message?: string;
  remark?: string; // what there is to say beside its pictures
  inside?: string; // of a workflow what is at work in it: "draft, 2 of 3"
  asks?: string; // of a workflow what a choice settles in it: NODE.INPUT
}

/** What a run would do. */
export interface PlanView {
  of: string; // signature of the document it was made for
  line?: string; // "2 of 5 steps will run, about 6 s"
  faults?: Record<string, string>; // by node, why it cannot run
  problems?: Problem[];
  missing?: string[]; // names of a visitor's pictures that are not here (any more)
  again?: string; // there is more to know soon, because the model is loading; new each time
}

/** An input or output of a task. */
export interface Port {
  type: "text" | "integer" | "number" | "boolean" | "choice" | "image" | "json";
  title: string;
  docs?: string;
  required?: boolean;
  default?: JsonValue;
  choices?: JsonValue[];
  words?: string[]; // that stand beside the type's own values, as "random" for a seed
  limits?: Limits;
  advanced?: boolean;
  many?: boolean; // a list; for any other input a list runs the node once for each value
  link?: boolean; // whether a wire may lead here
}

/** A picture to be saved in another way than it is. */
export interface Prepare {
  ticket?: string;
  png: string;
  file?: string; // the name to save the picture itself under
  way: "2x" | "4x" | "cut-out" | "film";
  rows?: number; // of codes, that a film paints one by one
  prompt?: string;
}

/** What is wrong with a document, where (RFC 6901), and what to do. */
export interface Problem {
  pointer: string;
  message: string;
  fix: string;
}

/** A part of a prompt, and the words that may stand in its place. */
export interface PromptPart {
  text: string;
  others: string[];
}

/** What the recipe of a picture tells of it. */
export interface RecipeSheet {
  key: string;
  model: string;
  task: string;
  inputs: string; // as text, because seeds go beyond JavaScript's whole numbers
  prompt: string;
  kind: string; // of map, or "picture"
  seed: string;
  file: string; // the name to save it under
  identity: string; // the same for two tasks that ask for the same picture
  digest: string; // of the codes
  panels: number;
  rows: number;
  drawn: number; // rows so far
  cols: number;
  codes: string; // uint32 of each code, in base64
}

/** A picture whose settings cannot be brought back, and why. */
export interface Refusal {
  state: "refused";
  message: string;
  ticket: string;
}

/** The same, to keep the rows above one and draw the others anew, once or four times over. */
export interface Rerolled {
  task: string;
  inputs: string;
  given?: Record<string, string>; // pictures it was given, by field, in base64
  key?: string;
  model: string;
  codes: string;
  cols: number;
  row: number;
  four: boolean;
}

/** The settings of a picture are back in the form. */
export interface Restored {
  state: "restored";
  message: string;
  sheet: RecipeSheet;
  ticket: string;
}

/** Plan the run of a document with this signature. */
export interface Review {
  document?: string;
  of?: string;
  visitor?: string;
}

/** The same picture with another word in place of a part of its prompt. */
export interface Reworded {
  task: string;
  inputs: string;
  given?: Record<string, string>; // pictures it was given, by field, in base64
  at: number; // number of the part
  word: string;
}

/** New rows of a picture in the making. */
export interface Rows {
  bottom: number; // pixels of the picture down to its lower edge
  pixels: string; // a WebP in base64 that ends there; empty without previews
  codes: string; // as in a sheet
  nll: string; // as in a sheet
  accepted: number[]; // codes of each forward pass since the rows before
  seconds: number; // since drawing began
}

/** A run of a workflow, whole each time. */
export interface RunView {
  run: string; // its key
  state: "running" | "done" | "failed" | "choice";
  message?: string;
  nodes: Record<string, NodeView>;
  seeds?: Record<string, JsonValue>; // by inputs.NAME, NODE.INPUT or NODE/INNER.INPUT, what "random" became; text where beyond JavaScript's numbers
  drawn?: Record<string, DrawnRows[]>; // by the key of a call its pictures: what it takes to go on in another studio
}

/** The file, in base64, or why there is none. */
export interface Saved {
  ticket: string;
  message?: string;
  file?: string; // the name to save it under
  kind?: string;
  content?: string;
}

/** A picture that was stopped, with its file. */
export interface Settled {
  state: "settled";
  sheet: Sheet;
}

/** A picture, whole or in the making, with all it takes to show it, to save it, and to go on from it. */
export interface Sheet {
  key: string;
  model: string;
  task: string;
  inputs: string; // as text, because seeds go beyond JavaScript's whole numbers
  prompt: string;
  kind: string; // of map, or "picture"
  seed: string;
  file: string; // the name to save it under
  identity: string; // the same for two tasks that ask for the same picture
  digest: string; // of the codes
  panels: number;
  rows: number;
  drawn: number; // rows so far
  cols: number;
  codes: string; // uint32 of each code, in base64
  width: number; // pixels
  height: number;
  png: string; // in base64; empty while the picture is in the making
  id?: string; // of its file in the gallery
  strips?: Rows[]; // of a picture drawn in this run: its rows as they came, which nothing else repeats
  score: number | null;
  nll: string; // one byte a code, in base64
  accepted: number[]; // codes of each of the last forward passes
  forwards: number;
  tokens: number;
  seconds: number;
}

/** A picture of a node. */
export interface ShownPicture {
  url: string; // its address; empty while rows are drawn
  width: number;
  height: number;
  file?: string; // the name to save it under; a picture in the making has none
  strips?: Strip[]; // of a picture whose rows are drawn
}

/** The newest pixels of a picture in the making. */
export interface Strip {
  bottom: number; // pixels of the picture down to its lower edge
  pixels: string; // a WebP in base64 that ends there; empty without previews
}

/** A kind of node. */
export interface TaskInfo {
  title: string;
  docs: string;
  version?: number;
  group: string;
  available: boolean; // to the model that is loaded
  asks: string | null; // the input that a click on one of its pictures fills
  slots?: string | null; // the input whose {names} are inputs too
  inputs: Record<string, Port>;
  outputs: Record<string, Port>;
}

/** A workflow that comes with the studio. */
export interface Template {
  name: string;
  title: string;
  text: string;
  picture?: string; // its address
}

/** A word that the model does not know, and known ones to write instead. */
export interface Unknown {
  word: string;
  known: string[];
  note?: string; // why it is not drawn, of what is known or no word
}

/** Another tab that takes a picture from the easel. */
export interface Use {
  task: string;
  title: string;
  part: "upper" | "lower"; // the panel of a pair that it takes
}

/** What is to be done with pictures of a visitor's gallery. */
export interface Wish {
  act: "list" | "picture" | "zip" | "star" | "unstar" | "share" | "delete"; // a list is of the latest
  visitor: string;
  ids: string[];
}

/** A workflow. Its title, layout (node to [x, y] on the canvas) and frames change nothing of what is computed. What stands in its ``workflows`` can be a node of it: their inputs are its inputs, their outputs its outputs. */
export interface Workflow {
  lumina: 1;
  title?: string;
  model?: string | null;
  inputs?: Record<string, Input>;
  nodes: Record<string, Node>;
  outputs?: Record<string, Link>;
  layout?: Record<string, [number, number]>;
  frames?: Record<string, Frame>;
  workflows?: Record<string, Workflow>;
  [extension: `x-${string}`]: JsonValue | undefined;
}
