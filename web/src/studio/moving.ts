// The page is opened anew for another model, at the same address; words that it is to draw are taken along.

const KEY = "lumina-moved";
const LOOK_AGAIN = 500; // milliseconds
const CLOSING = 1500; // until the page of before is closed

/** Words of the tab of a task. */
export interface Moved {
  task: string;
  words: string;
}

/** Loads the page again once it is there; it cannot tell when, so it asks. */
export function reopened(moved?: Moved): void {
  if (moved) keep(moved);
  const again = () => setTimeout(ask, LOOK_AGAIN);
  const ask = () => void fetch(location.pathname).then(({ ok }) => (ok ? location.reload() : again()), again);
  setTimeout(ask, CLOSING);
}

function keep(moved: Moved): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(moved));
  } catch {} // a browser that keeps nothing: the page opens without the words
}

/** The words that were taken along for a task; null if there are none. */
export function movedTo(task: string): string | null {
  try {
    const moved = JSON.parse(sessionStorage.getItem(KEY) ?? "null") as Moved | null;
    return moved?.task === task ? moved.words : null;
  } catch {
    return null;
  }
}

/** Draws them once they stand in the field, and forgets them. */
export function drawMoved(task: string, tab: HTMLElement): void {
  const words = movedTo(task);
  if (words === null) return;
  const areTyped = () => [...tab.querySelectorAll("textarea")].some(({ value }) => value === words);
  const draw = () => {
    if (!areTyped()) return void setTimeout(draw, LOOK_AGAIN);
    sessionStorage.removeItem(KEY);
    tab.querySelector<HTMLElement>(".generate")?.click();
  };
  draw();
}
