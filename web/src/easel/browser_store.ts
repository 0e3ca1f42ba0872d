// Keeps pictures in this browser (IndexedDB), so that a reload loses nothing. Without storage it keeps none.
// The studio may be open twice: what the other page has put here since stays, and is seen after a reload.

import { inDatabase } from "../common/browser_database";
import type { Sheet } from "./state";

const SHELF_SIZE = 24;

export interface Kept {
  sheets?: Sheet[];
  current: string | null;
}

export interface Shelf {
  load(): Promise<Kept | null | undefined>;
  /** The newest, and those that `isKept` names; whether they lie here now. */
  save(sheets: Sheet[], current: string | null, isKept: (sheet: Sheet) => boolean): Promise<boolean>;
  /** All of them, the other page's too. */
  clear(): void;
}

export function openShelf(key: string): Shelf {
  const since = new Map<string, number>(); // key of each picture of this page → when it was first kept
  const isOurs = ({ key: name }: Sheet) => since.has(name);
  function note(sheets: Sheet[]): void {
    for (const sheet of sheets) if (!isOurs(sheet)) since.set(sheet.key, sheet.since ?? Date.now());
  }
  return {
    load: async () => {
      const kept = await inDatabase<Kept | undefined>("readonly", (store) => store.get(key));
      note(kept?.sheets ?? []);
      return kept;
    },
    save: async (sheets, current, isKept) => {
      const saved = await inDatabase("readwrite", (store) => {
        note(sheets);
        const request: IDBRequest<Kept | undefined> = store.get(key);
        request.onsuccess = () => {
          const others = (request.result?.sheets ?? []).filter((sheet) => !isOurs(sheet));
          const all = [...sheets.map((sheet) => ({ ...sheet, since: since.get(sheet.key) ?? 0 })), ...others];
          all.sort((a, b) => (b.since ?? 0) - (a.since ?? 0));
          store.put({ sheets: all.filter((sheet, at) => at < SHELF_SIZE || isKept(sheet)), current }, key);
        };
        return request;
      });
      return saved !== null;
    },
    clear: () => void inDatabase("readwrite", (store) => store.delete(key)),
  };
}
