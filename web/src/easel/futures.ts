// Four futures of a picture: a click keeps one, and the others go, which can be undone.

import { makeDeleting } from "../gallery/deleting";
import type { Easel } from "./easel";
import type { Running } from "./running";
import { runOf, type Sheet } from "./state";

export function listenToChoice(easel: Easel, running: Running): void {
  const { state } = easel;
  let gone: Sheet[] = [];

  function putBack(): void {
    const { current } = state;
    gone.forEach((sheet) => easel.put(sheet));
    gone = [];
    Object.assign(state, { isChoosing: !easel.isActive, isAll: !easel.isActive, current });
    easel.show();
    easel.keep();
  }

  const say = (words: string) => easel.face.say("posted", words);
  const deleting = makeDeleting(easel.face.find("undo"), (ids) => ids.length && putBack(), say);

  function keepOne(key: string): void {
    gone = easel.family(key).filter((sheet) => sheet.key !== key);
    state.sheets = state.sheets.filter((sheet) => !gone.includes(sheet));
    state.isChoosing = false;
    easel.pick(key);
    deleting.begin(gone.map((sheet) => sheet.id || sheet.key));
  }

  easel.choose = (key) => {
    const { run } = state;
    if (!state.isChoosing || runOf(key) !== run.key) return easel.pick(key);
    if (!easel.isActive) return keepOne(key);
    easel.pick(key);
    running.waits(() => {
      const isMeant = state.isChoosing && !state.isAll && state.current === key; // else they have looked further
      if (isMeant) keepOne(key);
    });
  };
}
