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
