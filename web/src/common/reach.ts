// Whether the studio answers: a lost connection tells nothing by itself. Whoever cares hears `lumina-away` and `lumina-back`.

const EVERY = 5000; // milliseconds
const PATIENCE = 8000;
const SETTLED = 3000; // Gradio, if it lost something, looks every two seconds whether it may load the page again

let missed = 0; // questions in a row that nobody answered
let toldAway = false;

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
  missed = isReached ? 0 : missed + 1;
  if (isAway()) tell();
  else if (toldAway) setTimeout(tell, SETTLED); // what is begun on a page that is about to be loaded again would be lost
}

function tell(): void {
  if (isAway() === toldAway) return;
  toldAway = isAway();
  window.dispatchEvent(new Event(toldAway ? "lumina-away" : "lumina-back"));
}
