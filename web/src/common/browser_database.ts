// The database that this browser keeps for the studio. Without storage it keeps nothing, and nobody has to care.

function opened(): Promise<IDBDatabase | null> {
  return new Promise((resolve) => {
    try {
      const request = indexedDB.open("lumina-studio", 1);
      request.onupgradeneeded = () => request.result.createObjectStore("shelves");
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => resolve(null);
    } catch {
      resolve(null);
    }
  });
}

let database: Promise<IDBDatabase | null> | null = null;

/** Gives what `act` asks for, once it is done; null where it cannot be. */
export async function inDatabase<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T | null> {
  const there = await (database ??= opened());
  if (!there) return null;
  return new Promise((resolve) => {
    const transaction = there.transaction("shelves", mode);
    const request = act(transaction.objectStore("shelves"));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onerror = transaction.onabort = () => resolve(null);
  });
}
