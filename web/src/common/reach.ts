// Whether the studio answers: a lost connection tells nothing by itself. Whoever cares hears `lumina-away` and `lumina-back`.

const EVERY = 5000; // milliseconds
const PATIENCE = 8000;

let missed = 0; // questions in a row that nobody answered

export const isAway = (): boolean => missed > 1;

/** Ask now and then, while somebody looks at the page or waits for a picture. */
export function watchReach(): void {
  setInterval(() => {
    if (!document.hidden || document.querySelector("[data-running]")) void ask();
  }, EVERY);
  for (const name of ["online", "offline", "focus"]) window.addEventListener(name, () => void ask());
}

async function ask(): Promise<void> {
  const question: RequestInit = { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(PATIENCE) };
  const isReached = await fetch(location.pathname, question).then(({ status }) => status < 500, () => false);
  const was = isAway();
  missed = isReached ? 0 : missed + 1;
  if (isAway() !== was) window.dispatchEvent(new Event(was ? "lumina-back" : "lumina-away"));
}
