// Undo and redo over whole documents; pictures are not part of it, so that no undo can lose them.

import type { Doc } from "../types";

const MOST = 200;
const TOGETHER = 1200; // milliseconds within which changes of the same thing are one step

export interface History {
  past: Doc[];
  doc: Doc;
  future: Doc[];
  last: { what: string; at: number };
}

export function begun(doc: Doc): History {
  return { past: [], doc, future: [], last: { what: "", at: 0 } };
}

/** A new document; changes of the same thing (`what`) that follow quickly are undone together. */
export function changed(history: History, doc: Doc, what = "", now = Date.now()): History {
  if (doc === history.doc) return history;
  const isSame = what !== "" && what === history.last.what && now - history.last.at < TOGETHER;
  const past = isSame ? history.past : [...history.past, history.doc].slice(-MOST);
  return { past, doc, future: [], last: { what, at: now } };
}

export function undone(history: History): History {
  const doc = history.past.at(-1);
  if (!doc) return history;
  return { past: history.past.slice(0, -1), doc, future: [history.doc, ...history.future], last: { what: "", at: 0 } };
}

export function redone(history: History): History {
  const [doc, ...future] = history.future;
  if (!doc) return history;
  return { past: [...history.past, history.doc], doc, future, last: { what: "", at: 0 } };
}
