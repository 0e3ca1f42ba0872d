// Light or dark: follows the system until a person chooses; the choice stays in this browser.
document.addEventListener("click", (event) => {
  if (!event.target.closest(".head-theme")) return;
  const isDark = document.body.classList.toggle("dark");
  try {
    localStorage.setItem("lumina-theme", isDark ? "dark" : "light");
  } catch {
    // no storage: the choice lasts until the page is left
  }
});
// Buttons that show a picture only tell their name to whoever points at them.
document.addEventListener("mouseover", (event) => {
  const button = event.target.closest?.(".dice, .lock label, .head-theme");
  if (button && !button.title) button.title = button.textContent.trim();
});
(function apply() {
  let chosen = null;
  try {
    chosen = localStorage.getItem("lumina-theme");
  } catch {
    return;
  }
  if (!chosen) return;
  if (document.querySelector(".task-tab")) document.body.classList.toggle("dark", chosen === "dark");
  else requestAnimationFrame(apply);
})();
// A name nobody can guess, under which the server keeps this browser's pictures; the canvas knows it by the same key.
let guest = "";
window.luminaVisitor = () => {
  const key = "lumina-canvas-visitor";
  try {
    guest = localStorage.getItem(key) || guest;
  } catch {
    // no storage: the name lasts until the page is left
  }
  if (/^[0-9a-f]{32}$/.test(guest)) return guest;
  guest = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  try {
    localStorage.setItem(key, guest);
  } catch {
    // as above
  }
  return guest;
};
// A form is kept as what differs from its defaults, so that new defaults reach whoever comes back.
window.luminaDiffering = (values, defaults) =>
  values.map((value, at) => (JSON.stringify(value) === JSON.stringify(defaults[at]) ? null : value));
window.luminaFilled = (kept, defaults, offered) => {
  const isHere = Array.isArray(kept) && kept.length === defaults.length;
  const isOffered = (value, at) => !offered[at].length || offered[at].includes(value);
  return defaults.map((own, at) => (isHere && kept[at] !== null && isOffered(kept[at], at) ? kept[at] : own));
};
// Other parts of the page open a workflow by its text; so does an address that holds one. Nothing runs by that.
window.openWorkflow = (text, pictures) => {
  if (text) window.luminaHanded = { text, pictures };
  (function press(tries) {
    // The page may still be putting itself together; then nobody hears the first clicks.
    if (document.querySelector(".lumina-canvas")?.offsetParent) {
      window.dispatchEvent(new Event("lumina-open-workflow"));
      return;
    }
    document.querySelector(".open-workflow")?.click();
    if (tries) setTimeout(press, 250, tries - 1);
  })(240);
};
const openLinked = () => /[#&]wf=/.test(location.hash) && window.openWorkflow();
window.addEventListener("hashchange", openLinked);
openLinked();
// The canvas is fetched while there is nothing else to do, so that its tab opens at once.
let canvas = null;
function fetched({ href }) {
  const made = href.includes(".css")
    ? Object.assign(document.createElement("link"), { rel: "stylesheet", href })
    : Object.assign(document.createElement("script"), { src: href });
  document.head.append(made);
  return new Promise((resolve, reject) => Object.assign(made, { onload: resolve, onerror: reject }));
}
window.loadCanvas = () => (canvas ??= Promise.all([...document.querySelectorAll("link.canvas-file")].map(fetched)));
window.addEventListener("load", () => (window.requestIdleCallback || setTimeout)(window.loadCanvas));
