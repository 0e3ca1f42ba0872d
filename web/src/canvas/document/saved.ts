// The workflows that a person has saved, the latest first: one for each title.

export interface SavedWorkflow {
  title: string;
  text: string;
}

const MOST = 24;
const MOST_CHARACTERS = 1_000_000; // of all of them together

/** With this one, which takes the place of one of the same title; the oldest make room. */
export function withSaved(all: readonly SavedWorkflow[], one: SavedWorkflow): SavedWorkflow[] {
  const next = [one, ...without(all, one.title)].slice(0, MOST);
  const size = () => next.reduce((sum, { text }) => sum + text.length, 0);
  while (next.length > 1 && size() > MOST_CHARACTERS) next.pop();
  return next;
}

export const without = (all: readonly SavedWorkflow[], title: string): SavedWorkflow[] =>
  all.filter((other) => other.title !== title);
