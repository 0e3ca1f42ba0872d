// The pictures that a person brought to the canvas, as they were sent: the server keeps them in memory only, and may be restarted.

import { inDatabase } from "../../common/browser_database";

const KEY = "canvas-pictures";
const MOST = 24;
const MOST_CHARACTERS = 60_000_000; // of all together, in base64

interface Kept {
  name: string;
  bytes: string; // of the file, in base64
}

/** Keep the file of a picture under the name that the server has given it; the oldest make room. */
export async function keepPicture(name: string, bytes: string): Promise<void> {
  await inDatabase("readwrite", (store) => {
    const request: IDBRequest<Kept[] | undefined> = store.get(KEY);
    request.onsuccess = () => {
      let room = MOST_CHARACTERS;
      const all = [{ name, bytes }, ...(request.result ?? []).filter((other) => other.name !== name)];
      store.put(all.filter((each, at) => at < MOST && (room -= each.bytes.length) >= 0), KEY);
    };
    return request;
  });
}

/** The files of these pictures, as far as this browser has them. */
export async function keptPictures(names: readonly string[]): Promise<string[]> {
  const all = await inDatabase<Kept[] | undefined>("readonly", (store) => store.get(KEY));
  return (all ?? []).filter(({ name }) => names.includes(name)).map(({ bytes }) => bytes);
}
