// Puts an easel into the page, and brings back what this browser has kept.

import { plain, type Host } from "../common/host";
import { takeLinked } from "../common/sharing";
import { listenToAgain } from "./again";
import { listenAround } from "./form_controls";
import { takeFiles } from "./drops";
import { Easel, type EaselProps } from "./easel";
import { followSheet } from "./following";
import { listenToChoice } from "./futures";
import { showOpening } from "./opening";
import { Returning } from "./restore";
import { Running } from "./running";
import { listenToSaving } from "./saving";
import { drawMoved } from "../studio/moving";
import { idleRun, isUnfinished, stoppedAt } from "./state";
import { listenToTools } from "./tools";
import { listenForReturned } from "./uses";

/** Puts an easel into its element, once; it triggers 'halt' 'halted' 'resume' 'reroll' 'reword' 'follow' 'restore'
 * 'use' 'seen' 'prepare' 'cut_out'. */
export function mountEasel(host: Host<EaselProps>): void {
  const { props, trigger, watch } = host;
  const easel = new Easel(host);
  const running = new Running(easel, trigger);
  const returning = new Returning(easel, running, trigger);
  const open = (file: Blob) => void returning.open(file);
  listenToSaving(easel, host);
  listenToTools(easel, running, returning, trigger);
  listenAround(easel, running);
  listenToAgain(easel);
  followSheet(easel, running);
  listenToChoice(easel, running);
  takeFiles(easel.tab, open);
  watch("words", () => {
    easel.words = plain(props.words ?? []);
    easel.show();
  });
  watch("view", () => receive(plain(props.view ?? {}), running, returning));
  const tell = () => easel.face.say("told", props.told);
  watch("answered", () => (easel.teller.answered(props.answered), tell()));
  watch("told", tell);
  easel.show();
  const linked = takeLinked(easel.address);
  void recall(easel, running, linked ? "" : props.opening).then(() => {
    running.recall();
    listenForReturned(easel.task, open);
    drawMoved(easel.task, easel.tab);
    if (linked) void returning.openLinked(linked);
  });
}

function receive(view: EaselProps["view"], running: Running, returning: Returning): void {
  if (view.state === "restored") void returning.restored(view);
  else if (view.state === "refused") returning.refused(view.message);
  else if (view.state === "settled") running.settled(view.sheet);
  else if (view.state !== undefined) running.receive(view);
}

/** What this browser has kept, unless something is here already. */
async function recall(easel: Easel, running: Running, opening: string): Promise<void> {
  const { state } = easel;
  const kept = await easel.shelf.load();
  if (opening && !kept?.sheets?.length) return void showOpening(easel, opening); // nobody waits for it
  if (!kept || state.sheets.length) return;
  Object.assign(state, { sheets: kept.sheets ?? [], current: kept.current });
  const { current } = easel;
  if (current && isUnfinished(current)) state.run = { ...idleRun(), state: "stopped", message: stoppedAt(current) };
  easel.show();
  state.sheets.forEach((sheet) => void running.develop(sheet)); // of a page that was left while it was drawn
}
