// Over plain http a browser has no clipboard: every Copy button of the page then goes through a field of its own.

async function writeText(text: string): Promise<void> {
  const field = Object.assign(document.createElement("textarea"), { value: text, readOnly: true });
  field.style.cssText = "position: fixed; opacity: 0";
  const held = document.activeElement;
  (document.querySelector("dialog:modal") ?? document.body).append(field); // beside such a dialog nothing has the focus
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  if (held instanceof HTMLElement) held.focus();
  if (!isCopied) throw new Error("The browser does not copy.");
}

export function offerClipboard(): void {
  if (!("clipboard" in navigator)) Object.defineProperty(navigator, "clipboard", { value: { writeText } });
}
