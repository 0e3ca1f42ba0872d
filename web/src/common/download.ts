// Files that a person saves, made in the page.

const PATIENCE = 10_000; // milliseconds after which a saved file is let go

export const pngBlob = (bytes: BlobPart): Blob => new Blob([bytes], { type: "image/png" });

export function saveAs(blob: Blob, name: string): void {
  const href = URL.createObjectURL(blob);
  Object.assign(document.createElement("a"), { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), PATIENCE);
}

/** Gives a link what is to be saved, by the key that tells it apart; what was offered before is let go. */
export function offerAt(link: HTMLAnchorElement): (key: string, blob: () => Blob, name: string) => void {
  let offered = "";
  return (key, blob, name) => {
    if (offered === key) return;
    offered = key;
    URL.revokeObjectURL(link.href);
    Object.assign(link, { href: URL.createObjectURL(blob()), download: name });
  };
}
