// The gallery's cards, and what a person does with them. Runs once, when mounted.
// Names of events must stand here in quotes, so that Python may listen: 'look' 'remove' 'obtain' 'restore' 'compare'.

const PAGE = 48;
const root = element.querySelector(".gallery");
const find = (name) => root.querySelector(`.gallery-${name}`);
let count = PAGE;
let marked = []; // ids of the cards to compare
let waiting = 0;
let asked = ""; // the ticket of the cards that are wanted; answers to earlier questions may come later
let pair = ""; // the ticket of the comparison that is wanted
let isPairShown = false;

const ticket = () => `${Date.now()}-${Math.random()}`;
const about = (more) =>
  ({ visitor: window.luminaVisitor(), words: find("search").value, count, ticket: ticket(), ...more });
const look = () => root.offsetParent && ask("look");
const say = (words) => (find("status").textContent = words);

function ask(event, more) {
  const question = about(more);
  asked = question.ticket;
  trigger(event, question);
}

function made(tag, className, text, more) {
  const node = Object.assign(document.createElement(tag), { className, ...more });
  if (text) node.textContent = text;
  return node;
}

function action(name, text, card) {
  const button = made("button", "easel-button", text, { type: "button" });
  Object.assign(button.dataset, { do: name, id: card.id });
  return button;
}

function cardOf(card) {
  const whole = made("article", "gallery-card");
  whole.setAttribute("aria-label", card.title);
  const when = new Date(card.made * 1000).toLocaleString();
  const mark = made("label", "gallery-mark");
  const box = made("input", "", "", { type: "checkbox", value: card.id, checked: marked.includes(card.id) });
  mark.append(box, "Compare");
  const recipe = made("details", "gallery-recipe");
  recipe.append(made("summary", "", "Recipe"), made("pre", "", card.recipe || "None", { tabIndex: 0 }));
  const row = made("div", "gallery-row");
  row.append(action("restore", "Restore", card), action("obtain", "Download", card), action("remove", "Delete", card));
  whole.append(
    made("img", "", "", { src: card.image, alt: card.title, loading: "lazy" }),
    made("p", "gallery-title", card.title),
    made("p", "gallery-facts", `${card.size} · ${when}`),
    mark,
    row,
    recipe,
  );
  return whole;
}

function show() {
  const shown = JSON.parse(JSON.stringify(props.shown || {}));
  if (!shown.cards || shown.ticket !== asked) return;
  const there = shown.cards.map((card) => card.id);
  const still = marked.filter((id) => there.includes(id));
  if (still.length < marked.length) {
    marked = still;
    compare();
  }
  find("cards").replaceChildren(...shown.cards.map(cardOf));
  find("more").hidden = !shown.more || shown.full;
  const older = shown.more && shown.full ? "; search by words to find older ones" : "";
  const number = `${there.length}${shown.more ? "+" : ""} ${there.length === 1 ? "picture" : "pictures"}${older}`;
  say(shown.message || (there.length ? number : shown.words ? "No picture with these words." :
    "Nothing yet: every picture you finish comes here."));
}

function compare() {
  pair = ticket();
  isPairShown = false;
  trigger("compare", { visitor: window.luminaVisitor(), ids: marked, ticket: pair });
  if (marked.length === 2) root.closest(".tabitem")?.scrollIntoView({ behavior: "smooth", block: "start" });
}

// The slider shows whatever came last: if that was an earlier pair, the one that is wanted is asked for again.
function compared() {
  if (props.compared === pair) isPairShown = true;
  else if (isPairShown) compare();
}

function receive() {
  const handed = JSON.parse(JSON.stringify(props.handed || {}));
  if (handed.message) return say(handed.message);
  if (handed.file) return save(handed);
  if (handed.text) return window.openWorkflow(handed.text, []);
  if (!handed.task) return;
  window.luminaReturned = { ...window.luminaReturned, [handed.task]: handed.png };
  window.dispatchEvent(new Event("lumina-returned"));
}

function save({ file, png }) {
  const url = URL.createObjectURL(new Blob([bytesOf(png)], { type: "image/png" }));
  made("a", "", "", { href: url, download: file }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

root.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (!button) return;
  const { do: act, id } = button.dataset;
  if (act === "remove" && !button.dataset.sure) {
    button.dataset.sure = "yes"; // what is deleted is gone: asked once more
    button.textContent = "Delete for good";
    return;
  }
  if (act === "remove") ask("remove", { id });
  if (act === "restore") trigger("restore", about({ id }));
  if (act === "obtain") trigger("obtain", about({ id }));
});
find("cards").addEventListener("change", ({ target }) => {
  if (target.type !== "checkbox") return;
  marked = marked.filter((id) => id !== target.value);
  if (target.checked) marked = [...marked, target.value].slice(-2); // a third takes the place of the first
  for (const box of find("cards").querySelectorAll("input")) box.checked = marked.includes(box.value);
  compare();
});
find("search").addEventListener("input", () => {
  clearTimeout(waiting);
  count = PAGE;
  waiting = setTimeout(look, 250);
});
find("more").addEventListener("click", () => {
  count += PAGE;
  look();
});
find("promise").textContent = props.promise;
watch("shown", show);
watch("handed", receive);
watch("compared", compared);
for (const name of ["lumina-ended", "lumina-canvas-ended"]) window.addEventListener(name, look);
let isSeen = false;
new ResizeObserver(() => {
  // Whoever opens the tab sees the newest.
  const was = isSeen;
  isSeen = Boolean(root.offsetParent);
  if (isSeen && !was) look();
}).observe(root);
