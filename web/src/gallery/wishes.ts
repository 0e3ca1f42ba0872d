// What the gallery asks of the server beside its cards; a page that is left can still ask.

import type { Wish } from "../messages.gen";
import { base64Of } from "../common/bytes";
import { reason } from "../common/proxy";
import { visitor } from "../common/visitor";

const ADDRESS = "lumina/gallery";

/** The answer; throws an Error whose message is the sentence to show. */
export async function wish(act: Wish["act"], ids: readonly string[]): Promise<Blob> {
  const body = JSON.stringify({ act, ids: [...ids], visitor: visitor() } satisfies Wish);
  const headers = { "content-type": "application/json" };
  const answer = await fetch(ADDRESS, { method: "POST", headers, body, keepalive: act === "delete" }).catch(() => null);
  if (answer?.ok) return answer.blob();
  const said = (await answer?.json().catch(() => null)) as { error?: string } | null | undefined;
  throw new Error(said?.error ?? reason("The studio cannot be reached; try again in a moment."));
}

/** A whole picture, in base64. */
export async function pictureOf(id: string): Promise<string> {
  return base64Of(new Uint8Array(await (await wish("picture", [id])).arrayBuffer()));
}
