// Names that are still free.

const TAKEN = ["inputs", "outputs"]; // by the cards at the ends

/** A name that is still free: `wish`, `wish_2`, `wish_3` … */
export function freeName(taken: Record<string, unknown>, wish: string): string {
  const plain = wish.toLowerCase().replace(/[^a-z0-9_]+/g, "_").replace(/^[^a-z]+|_+$/g, "").slice(0, 56) || "node";
  const isFree = (name: string) => !(name in taken) && !TAKEN.includes(name);
  if (isFree(plain)) return plain;
  const stem = plain.replace(/_\d+$/, "");
  for (let count = 2; ; count++) if (isFree(`${stem}_${count}`)) return `${stem}_${count}`;
}
