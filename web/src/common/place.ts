// The place of what waits in the queue, as Gradio tells it on its stream of events, counted down every second.

interface Place {
  rank: number; // drawings before it, without the one under way
  until: number | null; // when it will be finished, in milliseconds of this clock
}

const LEAVING = 10_000; // milliseconds within which a page that is being left is gone; its streams are cut, and that is no loss
const LONGEST = 300; // characters of a line that may be of interest; those with pictures are longer
const TOLD = /^data: ?\{"msg": ?"(estimation|process_starts|process_completed)"/;

/** What a line of the stream says of a place, by the name of what waits; null if it waits no longer. */
export function placeIn(line: string, now: number): [string, Place | null] | undefined {
  const kind = TOLD.exec(line)?.[1];
  if (!kind) return undefined;
  if (kind !== "estimation") return [/"event_id": ?"(\w+)"/.exec(line)?.[1] ?? "", null];
  try {
    const { event_id: id, rank, rank_eta: left } = JSON.parse(line.slice(line.indexOf("{"))) as Record<string, unknown>;
    if (typeof id !== "string" || typeof rank !== "number") return undefined;
    return [id, { rank, until: typeof left === "number" ? now + 1000 * left : null }];
  } catch {
    return undefined;
  }
}

/** `2 drawings before yours, finished in about 14 s.` */
export function sentenceOf({ rank, until }: Place, now: number): string {
  const before = rank ? `${rank} ${rank === 1 ? "drawing" : "drawings"} before yours` : "Yours is next";
  const left = until === null ? 0 : Math.ceil((until - now) / 1000);
  return left > 0 ? `${before}, finished in about ${left} s.` : `${before}.`;
}

/** Splits a stream into lines, of which only the beginning is kept. */
export function makeLines(each: (line: string) => void): (chunk: Uint8Array) => void {
  const decoder = new TextDecoder();
  let begun = "";
  return (chunk) => {
    const [first = "", ...more] = decoder.decode(chunk, { stream: true }).split("\n");
    begun += first.slice(0, LONGEST - begun.length);
    for (const next of more) {
      each(begun);
      begun = next.slice(0, LONGEST);
    }
  };
}

/** `told` hears, every second while something waits in the queue, what to say of it. */
export function watchPlace(told: (sentence: string) => void): void {
  window.addEventListener("lumina-place", (event) => told((event as CustomEvent<string>).detail));
}

let isLeaving = false;

/** Know when this page is being left. */
export function watchLeaving(): void {
  window.addEventListener("beforeunload", () => {
    isLeaving = true;
    setTimeout(() => (isLeaving = false), LEAVING); // it was a download, or somebody stayed
  });
}

const places = new Map<string, Place>();

function tell(): void {
  const [next] = [...places.values()].sort((one, other) => one.rank - other.rank);
  if (next) window.dispatchEvent(new CustomEvent("lumina-place", { detail: sentenceOf(next, Date.now()) }));
}

/**
 * A stream of events as it is; what it says of places on the way is told, from then on every second. One that is cut off in the
 * middle ends every run of this page: whoever has one hears `lumina-cut`.
 */
export function followed(answer: Response): Response {
  if (!answer.body) return answer;
  const lines = makeLines((line) => {
    const [id, place] = placeIn(line, Date.now()) ?? [];
    if (id === undefined) return;
    if (place) places.set(id, place);
    else places.delete(id);
    tell();
  });
  const again = setInterval(tell, 1000);
  const end = (): void => {
    clearInterval(again);
    places.clear();
  };
  const reader = answer.body.getReader();
  const passing = new ReadableStream<Uint8Array>({
    async pull(control) {
      const { done, value } = await reader.read().catch((error: unknown) => {
        end();
        if (!isLeaving && !(error instanceof DOMException)) window.dispatchEvent(new Event("lumina-cut"));
        throw error;
      });
      if (value) {
        lines(value);
        control.enqueue(value);
      }
      if (!done) return;
      end();
      control.close();
    },
    cancel(why) {
      end();
      return reader.cancel(why);
    },
  });
  return new Response(passing, answer);
}
