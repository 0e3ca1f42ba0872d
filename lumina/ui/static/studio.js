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
// What a proxy in front of the studio answers in its stead comes without a word of ours: it is told as the reason of
// what fails by it. `window.luminaReason` gives it, or else what a part of the page would have said.
const INSTEAD = {
  413: (size) => `A proxy in front of the studio refuses ${size || "this much"} at once (nginx by itself takes 1 MB): ` +
    "use a smaller picture, or raise its limit, client_max_body_size.",
  502: () => "The proxy in front of the studio cannot reach it; what is drawn is kept. Try again in a moment.",
  504: () => "The proxy in front of the studio stopped waiting for it; what is drawn is kept. Try again.",
};
INSTEAD[503] = INSTEAD[502];
let instead = { said: "", at: 0 };
const ask = window.fetch;
window.fetch = async (...asked) => {
  const answer = await ask(...asked);
  const isOurs = new URL(answer.url || location.href).origin === location.origin;
  const isJson = (answer.headers.get("content-type") || "").includes("json");
  if (isOurs && !isJson && INSTEAD[answer.status]) {
    const length = asked[1]?.body?.length || asked[1]?.body?.size || 0;
    instead = { said: INSTEAD[answer.status](length && `${(length / 1e6).toFixed(1)} MB`), at: Date.now() };
    window.dispatchEvent(new Event("lumina-instead"));
  }
  return answer;
};
window.luminaReason = (otherwise) => (Date.now() - instead.at < 10000 ? instead.said : otherwise);
// Over plain http a browser has no clipboard: every Copy button of the page then goes through a field of its own.
if (!navigator.clipboard) {
  const writeText = async (text) => {
    const field = Object.assign(document.createElement("textarea"), { value: text, readOnly: true });
    field.style.cssText = "position: fixed; opacity: 0";
    const held = document.activeElement;
    (document.querySelector("dialog:modal") || document.body).append(field); // beside a modal dialog nothing has the focus
    field.select();
    const isCopied = document.execCommand("copy");
    field.remove();
    held?.focus();
    if (!isCopied) throw new Error("not copied");
  };
  Object.defineProperty(navigator, "clipboard", { value: { writeText }, configurable: true });
}
