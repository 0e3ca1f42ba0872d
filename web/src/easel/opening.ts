// The picture that whoever comes first sees being painted: an earlier drawing of the model, whose rows are played back.

import { one } from "../common/dom";
import { firstFormIsKept } from "../studio/forms";
import type { Easel } from "./easel";
import { idleRun, type Sheet } from "./state";

const ROW = 160; // milliseconds
const SAID = "Painted earlier by this model, and played back. Choose another word below, and it is drawn at once.";

/** Shows it where there is nothing else yet: no picture, and no word in the form. */
export async function showOpening(easel: Easel, address: string): Promise<void> {
  const { state, tab } = easel;
  const answer = await fetch(address).catch(() => null);
  if (!answer?.ok) return;
  const sheet = { ...((await answer.json()) as Sheet), isOpening: true };
  const isUsed = (await firstFormIsKept) || tab.querySelector("textarea")?.value;
  if (isUsed || state.sheets.length || state.run.state !== "idle") return;
  easel.put(sheet);
  Object.assign(state, { current: sheet.key, run: { ...idleRun(), state: "stopped", message: SAID } });
  easel.show();
  playBack(easel.face.find("cells"), sheet.rows);
}

/** Row by row, as it was painted; all at once for whoever wants no motion. */
function playBack(cells: HTMLElement, rows: number): void {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const timing = { duration: rows * ROW, easing: `steps(${rows})` };
  one(cells, ".easel-paint").animate({ clipPath: ["inset(0 0 100%)", "inset(0)"] }, timing);
  one(cells, ".easel-edge").animate({ top: ["0%", "100%"], opacity: [1, 1] }, timing);
}

/** Whoever draws something of their own has seen it; it stays beside what is made from it. */
export function leaveOpening({ state }: Easel, before: Sheet | null): void {
  if (before?.isOpening) return;
  state.sheets = state.sheets.filter((sheet) => !sheet.isOpening);
  if (!state.sheets.some(({ key }) => key === state.current)) state.current = null;
}
