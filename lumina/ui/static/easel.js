// The easel's state and what changes it: views from Python, and what a person does. Runs once, when mounted.
// Names of events must stand here in quotes, so that Python may listen: 'halt' 'resume' 'reroll' 'restore' 'use' 'seen'.

const root = element.querySelector(".easel");
const tab = element.closest(".task-tab") || document.body;
const shelf = openShelf(props.storage_key);
const state = {
  sheets: [], // newest first
  current: null, // key of the picture that the tools act on
  run: { key: "", state: "idle", sheets: [], count: 1 },
  isListening: false, // whether views are wanted; not after Stop
  before: null, // the picture that is continued or re-rolled
  held: null, // the pictures in the form when drawing began, by field
  given: null, // those that are drawn from: of a picture that is continued, its own
  row: 0, // first row to re-roll
  isCutting: false,
  isHot: false,
  isAll: false,
  isUsing: false,
};
let pending = null; // a file whose recipe is being read
let filled = null; // settles once its settings are in the form
let savedAt = 0;
const whenIdle = []; // pictures to open once nothing is drawn

const face = makeFace(root, pick);
const gate = makeGate(props.storage_key, ended);
const tell = makeTeller(tab, (picture) => trigger("seen", picture));
const offer = offerAt(root.querySelector('[data-do="save"]'));
const turns = props.turns ? openTurns({ root, tab, task: props.storage_key, field: props.turns, pick }) : null;
if (turns) face.showStrip = turns.show;
const sheetOf = (key) => state.sheets.find((sheet) => sheet.key === key) || turns?.sheetOf(key);
const current = () => sheetOf(state.current);
const family = (key) => state.sheets.filter((sheet) => runOf(sheet.key) === runOf(key || "")).reverse();
const runOf = (key) => key.replace(/-\d+$/, "");

function pick(key) {
  if (!sheetOf(key)) return;
  state.current = key;
  state.isAll = false;
  state.isCutting = false;
  show();
  if (isActive(state)) return;
  turns?.give(key);
  keep();
}

function begin(before = null, held = wellsIn(tab)) {
  state.before = before;
  state.held = held;
  state.given = before ? before.given || {} : held;
  state.isCutting = false;
  state.run = { key: "", state: "waiting", sheets: [], count: 1, message: "" };
  show();
  const box = root.getBoundingClientRect();
  if (box.top < 0 || box.top > window.innerHeight * 0.6) root.scrollIntoView({ behavior: "smooth", block: "start" });
}

function ask(name, sheet) {
  if (!gate.pass(() => ask(name, sheet))) return;
  state.isListening = true;
  trigger(name, sheet);
}

function halt() {
  if (!isActive(state)) return;
  if (gate.stop()) trigger("halt");
  const sheet = state.run.sheets[state.run.sheets.length - 1];
  const isPart = sheet && sheet.drawn < sheet.rows;
  const message = !sheet ? "Stopped before the first row." :
    isPart ? `Stopped at row ${sheet.drawn} of ${sheet.rows}. What is drawn is kept.` : "Stopped.";
  if (isPart) state.current = sheet.key;
  settle("stopped", message);
}

function settle(outcome, message) {
  state.isListening = false;
  state.run = { ...state.run, state: outcome, message };
  show();
  whenIdle.splice(0).forEach((act) => act());
  if (outcome === "failed") face.find("problem").scrollIntoView({ behavior: "smooth", block: "nearest" });
  keep();
}

function ended() {
  // The event is over, in whatever way; if its last view says otherwise, something broke on the way.
  const { run } = state;
  setTimeout(() => {
    if (state.run !== run || !isActive(state)) return;
    settle("failed", window.luminaReason("The studio stopped answering; what is drawn is kept. Try again."));
  }, 1500);
}

function put(sheet) {
  const at = state.sheets.findIndex((other) => other.key === sheet.key);
  if (at >= 0) state.sheets[at] = sheet;
  else state.sheets.unshift(sheet);
}

function check(sheet) {
  // A picture that asks for the same as an earlier one must have the same codes.
  const twin = state.sheets.find((other) => other.key !== sheet.key && other.identity === sheet.identity);
  if (!twin || !twin.digest) return;
  sheet.match = twin.digest === sheet.digest;
  if (!sheet.match) return;
  sheet.png = twin.png; // the same picture, by which its turns know it
  state.sheets = state.sheets.filter((other) => other !== sheet).map((other) => (other === twin ? sheet : other));
}

function receive() {
  const view = JSON.parse(JSON.stringify(props.view || {}));
  if (view.state === "restored") return restored(view);
  if (view.state === "refused") return refused(view);
  if (!view.run || !state.isListening) return;
  const isFirst = view.sheets.length > 0 && state.run.sheets.length === 0;
  state.held ??= wellsIn(tab);
  state.given ??= state.held;
  view.sheets = view.sheets.map((sheet) => ({ ...mergedSurprise(sheet, state.before), given: state.given }));
  state.run = { count: 1, ...view, key: view.run };
  view.sheets.forEach(put);
  if (isFirst) {
    state.current = view.sheets[0].key;
    state.isAll = view.count > 1;
  }
  if (view.state === "done") {
    view.sheets.map((sheet) => sheetOf(sheet.key)).forEach(check);
    settle("done", "");
    return turns?.goOn(state.current, state.held);
  }
  if (view.state === "failed") return settle("failed", view.message);
  show();
  if (view.sheets.length && Date.now() - savedAt > 1000) keep();
}

function keep() {
  savedAt = Date.now();
  const shown = runOf(state.current || "");
  shelf.save(state.sheets, state.current, (sheet) => runOf(sheet.key) === shown);
}

async function open(file, isReplay = false) {
  if (isActive(state)) return whenIdle.push(() => open(file));
  const bytes = new Uint8Array(await file.slice(0, MAX_FILE).arrayBuffer());
  if (!isPng(bytes)) return refused({ message: "Only a PNG picture that was made here carries its settings." });
  pending = { isReplay, file: { png: base64Of(bytes), ...sizeOfPng(bytes) } };
  const event = `lumina-filled-${props.storage_key}`;
  filled = new Promise((resolve) => window.addEventListener(event, resolve, { once: true }));
  trigger("restore", { png: base64Of(withoutPixels(bytes)) });
}

async function restored(view) {
  const { isReplay, file } = pending;
  const same = state.sheets.find((sheet) => sheet.identity === view.sheet.identity && sheet.digest === view.sheet.digest);
  if (!same) put({ ...view.sheet, ...file });
  state.current = same ? same.key : view.sheet.key;
  state.isAll = false;
  const [given] = Object.values(same?.given || {});
  if (given) bringTo(props.storage_key, given);
  const wells = given ? [] : [...tab.querySelectorAll(".well")];
  const message = view.message + (wells.length ? " Put in the picture that it began with." : "");
  state.run = { ...state.run, state: "stopped", sheets: [], message };
  show();
  keep();
  if (!isReplay || wells.some((well) => !well.picture)) return;
  await filled;
  if (!isActive(state)) tab.querySelector(".generate").click();
}

function refused(view) {
  state.run = { ...state.run, sheets: [] };
  settle("failed", view.message);
}

function show() {
  const sheet = current();
  const group = family(state.current);
  const places = state.isAll ? Math.max(group.length, isActive(state) ? state.run.count : 0) : 1;
  const shown = state.isAll ? group : sheet ? [sheet] : [];
  const isEmpty = !sheet && !isActive(state);
  root.dataset.state = isEmpty ? "empty" : state.run.state;
  tab.toggleAttribute("data-running", isActive(state));
  face.showCells(shown, state, isEmpty ? 0 : places);
  face.showStrip(state.sheets, state.current);
  face.showFacts(sheet);
  face.showTools(sheet, group, state, (props.uses || []).length > 0);
  if (sheet && !isActive(state)) offer(sheet);
  if (state.isHot) face.showHeat(sheet);
  face.say("status", statusOf(state));
  face.say("said", saidOf(state));
  face.say("problem", state.run.state === "failed" ? state.run.message : "");
  const { done, total } = state.run;
  face.find("bar").style.setProperty("--done", isActive(state) && total ? done / total : 0);
  if (!isActive(state)) tell(sheet);
}

const payload = ({ key, task, inputs, model, codes, cols, given }) =>
  ({ key, task, inputs, model, codes, cols, given: given || {} });
const acts = {
  halt,
  resume: () => (begin(current()), ask("resume", payload(current()))),
  reroll: () => {
    const [sheet, row] = [current(), state.row];
    begin(sheet);
    ask("reroll", { ...payload(sheet), row });
  },
  replay: () => open(new Blob([bytesOf(current().png)]), true),
  workflow: () => openAsWorkflow(current()),
  adopt: () => open(new Blob([bytesOf(current().png)])),
  cut: () => {
    state.isCutting = !state.isCutting;
    state.isAll = false;
    cutAt(state.row || current().rows / 2);
  },
  forget: () => {
    if (!face.askAgain(true)) return;
    Object.assign(state, { sheets: [], current: null, isAll: false, isCutting: false });
    state.run = { key: "", state: "idle", sheets: [], count: 1 };
    show();
    shelf.clear();
  },
  use: () => ((state.isUsing = !state.isUsing), show()),
  heat: () => ((state.isHot = !state.isHot), show()),
  all: () => ((state.isAll = !state.isAll), (state.isCutting = false), show()),
};

root.addEventListener("click", (event) => {
  acts[event.target.closest("[data-do]")?.dataset.do]?.();
});
root.querySelector(".easel-cut input").addEventListener("input", (event) => cutAt(Number(event.target.value)));
fillUses(face.find("uses"), props.uses || [], current, (task) => {
  state.isUsing = false;
  show();
  trigger("use", { task });
});
face.find("cells").addEventListener("pointermove", slide);
face.find("cells").addEventListener("pointerdown", slide);

function slide(event) {
  const sheet = current();
  const paper = event.target.closest(".easel-paper");
  if (!state.isCutting || !sheet || !paper || !(event.buttons & 1)) return;
  const box = paper.getBoundingClientRect();
  event.preventDefault();
  cutAt(((event.clientY - box.top) / box.height) * sheet.rows);
}

function cutAt(row) {
  state.row = Math.min(Math.max(1, Math.round(row)), current().drawn - 1);
  show();
}

// What happens around the easel, in the same tab.
tab.addEventListener("click", (event) => {
  if (event.target.closest(".stop")) halt();
  const button = event.target.closest(".generate, .example");
  if (!button) return;
  if (button.matches(".example")) begin(null, null); // its well is filled only now
  else begin();
  if (gate.pass(() => button.click())) state.isListening = true;
  else event.stopPropagation();
}, true); // before Gradio hears it
tab.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && !isActive(state)) {
    event.preventDefault();
    tab.querySelector(".generate").click();
  }
  if (event.key === "Escape") halt();
});
tab.addEventListener("input", (event) => {
  // Whoever writes a seed means to keep it. (Gradio's own input event misses what is pasted.)
  const lock = event.target.closest(".seed-number") && tab.querySelector(".lock input");
  if (lock && lock.checked !== (event.target.value.trim() !== "")) lock.click();
});
tab.addEventListener("lumina-well", () => turns && show());
takeFiles(tab, open);
let paintedWidth = 0;
new ResizeObserver(([{ contentRect }]) => {
  if (contentRect.width !== paintedWidth) show();
  paintedWidth = contentRect.width;
}).observe(face.find("stage"));
watchReach(() => isActive(state), () => {
  gate.reset();
  settle("failed", "The studio cannot be reached; what is drawn is kept. Try again once it answers.");
});

watch("view", receive);
face.find("invite").textContent = `${props.invite} Watch it being painted, row by row.`;
show();
shelf.load().then((kept) => {
  if (!kept || state.sheets.length) return;
  state.sheets = kept.sheets || [];
  state.current = kept.current;
  show();
  turns?.giveAgain(kept.current);
}).then(() => takeReturned(props.storage_key, open));
