// What a proxy in front of the studio answers in its stead comes without a word of ours: it becomes a sentence. That, and
// what the studio itself says where it takes nothing more, is told as the reason of what fails by it.

import { followed, watchLeaving } from "./place";

const LASTING = 10_000; // milliseconds for which what fails is put down to the latest such answer

const FOR_NOW = [429, 503]; // what the studio answers for now

type Instead = { said: string; at: number };

declare global {
  interface Window {
    luminaInstead?: Instead;
  }
}

const UNREACHED =
  "The proxy in front of the studio cannot reach it, or lets no more requests through; what is drawn is kept. Try again in a moment.";
const SENTENCES: Record<number, (size: string) => string> = {
  413: (size) =>
    `A proxy in front of the studio refuses ${size} at once (nginx by itself takes 1 MB): use a smaller picture, or ` +
    "raise its limit, client_max_body_size.",
  502: () => UNREACHED,
  503: () => UNREACHED,
  504: () => "The proxy in front of the studio stopped waiting for it; what is drawn is kept. Try again.",
};

/** The sentence for such an answer to `length` bytes; empty if the studio itself answered. */
export function sentenceOf(status: number, type: string | null, length: number): string {
  if (type?.includes("json")) return "";
  return SENTENCES[status]?.(length ? `${(length / 1e6).toFixed(1)} MB` : "this much") ?? "";
}

/** Why something failed: what a proxy has just answered, or `otherwise`. */
export function reason(otherwise: string): string {
  const { said, at } = window.luminaInstead ?? { said: "", at: 0 };
  return said && Date.now() - at < LASTING ? said : otherwise;
}

/** What the studio says where it refuses a drawing or a file for now; empty for any other answer. */
export async function refusalIn(answer: Response): Promise<string> {
  if (!FOR_NOW.includes(answer.status) || !answer.headers.get("content-type")?.includes("json")) return "";
  const said: unknown = await answer.clone().json().catch(() => null);
  const { detail, error } = (said ?? {}) as Record<string, unknown>;
  return [detail, error].find((each) => typeof each === "string") ?? "";
}

/** Look at every answer that the page gets; what waits for one hears `lumina-instead`. */
export function watchAnswers(): void {
  watchLeaving();
  const ask = window.fetch;
  window.fetch = async (...asked) => {
    const answer = await ask(...asked);
    const isOurs = new URL(answer.url || location.href, location.href).origin === location.origin;
    if (!isOurs) return answer;
    const length = lengthOf(asked[1]?.body);
    const instead = sentenceOf(answer.status, answer.headers.get("content-type"), length);
    const said = instead || (await refusalIn(answer));
    if (said) {
      window.luminaInstead = { said, at: Date.now() };
      window.dispatchEvent(new Event("lumina-instead"));
    }
    if (new URL(answer.url, location.href).pathname.endsWith("/queue/data")) return followed(answer);
    return instead ? inOurWords(answer, instead) : answer;
  };
}

/** The same answer with its sentence as JSON: Gradio would say that it cannot parse a page of the proxy's. */
export function inOurWords({ status, statusText }: Response, said: string): Response {
  return Response.json({ detail: said, error: said }, { status, statusText });
}

function lengthOf(body: BodyInit | null | undefined): number {
  if (typeof body === "string") return body.length;
  return body instanceof Blob ? body.size : 0;
}
