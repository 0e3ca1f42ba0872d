// The tab that is shown is in the address: a reload, Back and Forward, and links keep it.

import { openTab, pressedTab } from "../common/between_tabs";

let first = ""; // the name of the tab that is shown by itself
let shown = ""; // of the one that is shown; empty while the page puts itself together
let leading = nameIn(location.hash); // of the one that the address names, while it is still to be opened

function nameIn(hash: string): string {
  return /^#[\w-]+$/.test(hash) ? hash.slice(1).toLowerCase() : "";
}

const holdsWorkflow = (): boolean => /[#&]wf=/.test(location.hash);

/** What Gradio is to do for whoever wants a tab; `ids` of all tabs by name. */
export function wantedTab(ids: Record<string, string>): object {
  first ||= Object.keys(ids)[0] ?? "";
  if (leading && !(leading in ids)) [leading, shown] = ["", first];
  const id = ids[pressedTab() || leading];
  return { __type__: "update", ...(id && { selected: id }) };
}

/** A tab is shown now. */
export function tabShown(name: string): void {
  if (leading && leading !== name) return; // on the way to another one
  const isChosen = shown && shown !== name && !leading;
  [leading, shown] = ["", name];
  if (isChosen && !holdsWorkflow()) history.pushState(null, "", `#${name}`); // such a link is still to be read
}

/** Back and Forward open the tab that the address names. */
export function followAddress(): void {
  window.addEventListener("popstate", () => {
    const name = nameIn(location.hash) || first;
    if (holdsWorkflow() || name === shown) return;
    leading = name;
    openTab(name);
  });
}
