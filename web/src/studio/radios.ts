// Gradio names every radio button by itself; under one name those of a group are one stop of the Tab key, and arrow
// keys go from one to the next.

/** Names them anew, as often as the page makes new ones, just before a key is heeded. */
export function groupRadios(): void {
  let count = 0;
  const names = new WeakMap<Element, string>();
  const nameOf = (group: Element) => {
    const name = names.get(group) ?? `group-${++count}`;
    names.set(group, name);
    return name;
  };
  document.addEventListener("keydown", ({ key }) => {
    if (key !== "Tab" && !key.startsWith("Arrow")) return;
    for (const radio of document.querySelectorAll<HTMLInputElement>(".choice input[type=radio]")) {
      const group = radio.closest("fieldset");
      if (group) radio.name = nameOf(group);
    }
  }, true);
}
