// Files that are chosen, or dropped anywhere on a tab, while a sign says so; one that misses must not replace the page.

function takeFiles(tab, open) {
  for (const input of tab.querySelectorAll(".easel-file input")) {
    input.addEventListener("change", () => {
      if (input.files[0]) open(input.files[0]);
      input.value = "";
    });
  }
  let depth = 0;
  const carriesFile = (event) => [...(event.dataTransfer?.types || [])].includes("Files");
  const listen = (name, act) => tab.addEventListener(name, (event) => carriesFile(event) && act(event));
  listen("dragenter", () => tab.toggleAttribute("data-drop", ++depth > 0));
  listen("dragleave", () => tab.toggleAttribute("data-drop", --depth > 0));
  listen("drop", (event) => {
    depth = 0;
    tab.toggleAttribute("data-drop", false);
    if (event.defaultPrevented) return; // a well has taken it
    if (event.dataTransfer.files[0]) open(event.dataTransfer.files[0]);
  });
  for (const name of ["dragover", "drop"]) {
    window.addEventListener(name, (event) => carriesFile(event) && event.preventDefault());
  }
}
