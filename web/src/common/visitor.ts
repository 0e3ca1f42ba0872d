// The visitor: a name nobody can guess, under which the server keeps what this browser has made.

const KEY = "lumina-canvas-visitor";
const NAME = /^[0-9a-f]{32}$/;

let guest = ""; // without storage the name lasts until the page is left

export function visitor(): string {
  guest = stored() ?? guest;
  if (NAME.test(guest)) return guest;
  guest = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  store(guest);
  return guest;
}

/** Whether this browser keeps the name for the next visit. */
export const isRemembered = (): boolean => stored() === visitor();

function stored(): string | null {
  try {
    return localStorage.getItem(KEY) || null;
  } catch {
    return null;
  }
}

function store(name: string): void {
  try {
    localStorage.setItem(KEY, name);
  } catch {
    // as above
  }
}
