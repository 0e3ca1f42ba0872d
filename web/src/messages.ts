// The messages between the page and Python.

export interface RecipeSheet {
  key: string;
  model: string;
  task: string;
  inputs: string; // as text, because seeds go beyond JavaScript's whole numbers
  prompt: string;
  kind: string;
  seed: string;
  file: string;
  identity: string;
  panels: number;
  rows: number;
  drawn: number;
  cols: number;
  codes: string;
  digest: string;
}

export interface Sheet extends RecipeSheet {
  width: number;
  height: number;
  png: string;
  surprise: string;
  accepted: number[];
  forwards: number;
  tokens: number;
  seconds: number;
  score: number | null;
}

export interface EaselView {
  run: string;
  onto: string;
  state: "waiting" | "drawing" | "done" | "failed";
  count: number;
  sheets: Sheet[];
  message?: string;
  done?: number;
  total?: number;
  left?: number | null;
}

export interface Use {
  task: string;
  title: string;
  part?: string;
}

export interface Unknown {
  word: string;
  known: string[];
}

export interface Restored {
  state: "restored";
  message: string;
  sheet: RecipeSheet;
  ticket: string;
}

export interface Refused {
  state: "refused";
  message: string;
  ticket: string;
}

export interface Card {
  id: string;
  made: number; // seconds
  title: string;
  size: string;
  image: string;
  recipe: string;
}

export interface Cards {
  ticket: string;
  cards: Card[];
  message?: string;
  words?: string;
  more?: boolean;
  full?: boolean;
}

export interface HandedOut {
  ticket: string;
  message?: string;
  png?: string;
  file?: string;
  text?: string;
  task?: string;
}
