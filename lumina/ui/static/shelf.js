// Keeps pictures in this browser (IndexedDB), so that a reload loses nothing. Without storage it keeps none.
// The studio may be open twice: what the other page has put here since stays, and is seen after a reload.

const SHELF_SIZE = 24;

function openShelf(key) {
  const opened = new Promise((resolve) => {
    try {
      const request = indexedDB.open("lumina-studio", 1);
      request.onupgradeneeded = () => request.result.createObjectStore("shelves");
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => resolve(null);
    } catch {
      resolve(null);
    }
  });
  const work = (mode, act) =>
    opened.then((database) => {
      if (!database) return null;
      return new Promise((resolve) => {
        const transaction = database.transaction("shelves", mode);
        const request = act(transaction.objectStore("shelves"));
        transaction.oncomplete = () => resolve(request.result);
        transaction.onerror = transaction.onabort = () => resolve(null);
      });
    });
  const since = new Map(); // key of each picture of this page → when it was first kept
  const isOurs = ({ key }) => since.has(key);
  function note(sheets) {
    for (const sheet of sheets) if (!isOurs(sheet)) since.set(sheet.key, sheet.since || Date.now());
  }
  return {
    load: async () => {
      const kept = await work("readonly", (store) => store.get(key));
      note(kept?.sheets || []);
      return kept;
    },
    // the newest, and those that `isKept` names
    save: (sheets, current, isKept) =>
      work("readwrite", (store) => {
        note(sheets);
        const request = store.get(key);
        request.onsuccess = () => {
          const others = (request.result?.sheets || []).filter((sheet) => !isOurs(sheet));
          const all = [...sheets.map((sheet) => ({ ...sheet, since: since.get(sheet.key) })), ...others];
          all.sort((a, b) => (b.since || 0) - (a.since || 0));
          store.put({ sheets: all.filter((sheet, at) => at < SHELF_SIZE || isKept(sheet)), current }, key);
        };
        return request;
      }),
    // all of them, the other page's too
    clear: () => work("readwrite", (store) => store.delete(key)),
  };
}
