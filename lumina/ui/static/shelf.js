// Keeps pictures in this browser (IndexedDB), so that a reload loses nothing. Without storage it keeps none.

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
  return {
    load: () => work("readonly", (store) => store.get(key)),
    // the newest, and those that `isKept` names
    save: (sheets, current, isKept) =>
      work("readwrite", (store) =>
        store.put({ sheets: sheets.filter((sheet, at) => at < SHELF_SIZE || isKept(sheet)), current }, key)),
  };
}
