// Files that are dropped anywhere on a tab, while a sign says so.

function takeDrops(tab, open) {
  let depth = 0;
  const carriesFile = (event) => [...(event.dataTransfer?.types || [])].includes("Files");
  const listen = (name, act) => tab.addEventListener(name, (event) => carriesFile(event) && act(event));
  listen("dragenter", () => tab.toggleAttribute("data-drop", ++depth > 0));
  listen("dragleave", () => tab.toggleAttribute("data-drop", --depth > 0));
  listen("dragover", (event) => event.preventDefault());
  listen("drop", (event) => {
    depth = 0;
    tab.toggleAttribute("data-drop", false);
    if (event.defaultPrevented) return; // a well has taken it
    event.preventDefault();
    if (event.dataTransfer.files[0]) open(event.dataTransfer.files[0]);
  });
}
