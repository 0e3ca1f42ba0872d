// Files that are chosen, or dropped anywhere on a tab, while a sign says so; one that misses must not replace the page.

export function takeFiles(tab: HTMLElement, open: (file: File) => void): void {
  for (const input of tab.querySelectorAll<HTMLInputElement>(".easel-file input")) {
    input.addEventListener("change", () => {
      const file = input.files?.[0];
      if (file) open(file);
      input.value = "";
    });
  }
  let depth = 0;
  const carriesFile = (event: DragEvent) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  const listen = (name: "dragenter" | "dragleave" | "drop", act: (event: DragEvent) => void) =>
    tab.addEventListener(name, (event) => carriesFile(event) && act(event));
  listen("dragenter", () => tab.toggleAttribute("data-drop", ++depth > 0));
  listen("dragleave", () => tab.toggleAttribute("data-drop", --depth > 0));
  listen("drop", (event) => {
    depth = 0;
    tab.toggleAttribute("data-drop", false);
    if (event.defaultPrevented) return; // an image field has taken it
    const file = event.dataTransfer?.files[0];
    if (file) open(file);
  });
  for (const name of ["dragover", "drop"] as const) {
    window.addEventListener(name, (event) => carriesFile(event) && event.preventDefault());
  }
}
