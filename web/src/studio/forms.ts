// A form is kept as what differs from its defaults, so that new defaults reach whoever comes back.

import { movedTo } from "./moving";

type Value = unknown;

/** The values, null where they are the default ones. */
export const differing = (values: readonly Value[], defaults: readonly Value[]): Value[] =>
  values.map((value, at) => (JSON.stringify(value) === JSON.stringify(defaults[at]) ? null : value));

/** What is said beside Generate of a seed that the form keeps; nothing of one that it does not keep. */
export function keptSeed(seed: Value, isKept: Value): string {
  const digits = String(seed ?? "").trim();
  return isKept && /^\d+$/.test(digits) ? `<p>Keeps seed ${digits} <button type="button">new each time</button></p>` : "";
}

/** What stands above the seed, the second of two where it is kept: an update of the field, as Gradio takes it. */
export function seedNote(seed: Value, isKept: Value, [free, kept]: [string, string]): object {
  return { __type__: "update", info: isKept && String(seed ?? "").trim() ? kept : free };
}

/** The name of the way whose values these are, as far as a number can be told from another; null if there is none. */
export function presetOf(ways: Record<string, readonly (number | string)[]>, now: readonly Value[]): string | null {
  const isSame = (value: number | string, at: number) =>
    typeof value === "string" ? value === now[at] : Math.abs(value - Number(now[at])) < 1e-6;
  return Object.keys(ways).find((name) => ways[name]?.every(isSame)) ?? null;
}

let tell: (isKept: boolean) => void;

/** Whether the first form that is filled has anything that was kept. */
export const firstFormIsKept = new Promise<boolean>((resolve) => (tell = resolve));

/** The values to fill in, of what was kept; what is not among those that are `offered` any more is let go. At the
 * place of the words stand those that were taken along from the page of another model. */
export function filled(
  kept: unknown,
  defaults: readonly Value[],
  offered: readonly (readonly Value[])[],
  task = "",
  place = -1,
): Value[] {
  const there = Array.isArray(kept) && kept.length === defaults.length ? (kept as Value[]) : [];
  const isOffered = (value: Value, at: number) => !offered[at]?.length || offered[at].includes(value);
  tell(there.some((value) => value !== null));
  const moved = place < 0 ? null : movedTo(task);
  return defaults.map((own, at) => {
    if (at === place && moved !== null) return moved;
    const value = there[at] ?? null;
    return value !== null && isOffered(value, at) ? value : own;
  });
}
