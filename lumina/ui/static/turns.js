// The turns of a tab whose result is what the next instruction changes: a film of small pictures, the one that
// was brought first. Nothing is kept here: which turn follows which, the pictures themselves tell.

const BROUGHT = "The picture it began with";

// The films, newest first, each a list of frames, oldest first; and by picture the frame that shows it.
function filmsOf(sheets, field) {
  const films = [];
  const frames = new Map();
  function add(film, frame, isWhole) {
    Object.assign(frame, { film, key: frame.sheet.key, follows: film[film.length - 1] });
    frame.number = film.filter((other) => !other.isBrought).length + 1;
    film.push(frame);
    if (isWhole) frames.set(frame.sheet.png, frame);
  }
  for (const sheet of [...sheets].reverse()) {
    const given = sheet.given?.[field];
    const film = frames.get(given)?.film || [];
    if (!film.length) films.unshift(film);
    if (given && !frames.has(given)) add(film, { sheet: broughtSheet(sheet, given, field), isBrought: true }, true);
    add(film, { sheet, parent: frames.get(given) }, drawnPart(sheet) === 1);
  }
  return { films, frames };
}

function broughtSheet(sheet, png, field) {
  const size = sizeOfPng(bytesOf(png.slice(0, 64)));
  return { key: `brought ${JSON.parse(sheet.inputs)[field]?.image}`, png, prompt: BROUGHT, isBrought: true, ...size };
}

const nameOf = (frame) => (frame.isBrought ? "the first picture" : `turn ${frame.number}`);
const markOf = (frame) => (frame.isBrought ? "start" : frame.number);
const isBranch = ({ parent, follows }) => Boolean(parent && parent !== follows);

function openTurns({ root, tab, task, field, pick }) {
  const buttons = new Map(); // key → button, kept so that the one with the focus keeps it
  const strip = root.querySelector(".easel-strip");
  const foot = Object.assign(document.createElement("div"), { className: "turns-foot" });
  const next = Object.assign(document.createElement("p"), { className: "turns-next" });
  let made = filmsOf([], field);
  strip.classList.add("turns");
  strip.setAttribute("aria-label", "Turns");
  foot.append(next, root.querySelector(".easel-forget"));
  root.querySelector(".easel-line").after(root.querySelector(".easel-shelf"), foot);

  const frameOf = (key) => made.films.flat().find((frame) => frame.key === key);
  const picture = () => wellsIn(tab)[field];

  function buttonOf({ key }) {
    if (buttons.has(key)) return buttons.get(key);
    const button = Object.assign(document.createElement("button"), { type: "button", className: "turn" });
    button.innerHTML = '<img alt="" /><b></b><span></span>';
    button.addEventListener("click", () => pick(key));
    buttons.set(key, button);
    return button;
  }

  function fill(frame, current) {
    const { sheet, parent, isBrought } = frame;
    const button = buttonOf(frame);
    const [image, mark, words] = button.children;
    const source = `data:image/png;base64,${sheet.png}`;
    if (image.src !== source) image.src = source;
    const part = drawnPart(sheet);
    image.style.clipPath = part < 1 ? `inset(0 0 ${100 * (1 - part)}% 0)` : "";
    mark.textContent = isBranch(frame) ? `${markOf(frame)} ← ${markOf(parent)}` : markOf(frame);
    words.textContent = isBrought ? "" : sheet.prompt;
    const origin = parent ? ` from ${nameOf(parent)}` : "";
    button.title = isBrought ? BROUGHT : `Turn ${frame.number}${origin}: ${sheet.prompt} · seed ${sheet.seed}`;
    button.setAttribute("aria-label", button.title);
    button.setAttribute("aria-pressed", frame.key === current);
    button.setAttribute("aria-current", frame === made.frames.get(picture()));
    button.toggleAttribute("data-branch", isBranch(frame));
    return button;
  }

  function lay(films) {
    const laid = [...strip.children].map((film) => [...film.children]);
    const isSame = (film, at) => film.length === laid[at]?.length && film.every((each, place) => each === laid[at][place]);
    if (films.length === laid.length && films.every(isSame)) return;
    const held = document.activeElement;
    strip.replaceChildren(...films.map((film) => {
      const group = Object.assign(document.createElement("div"), { className: "turns-film" });
      group.append(...film);
      return group;
    }));
    if (strip.contains(held)) held.focus({ preventScroll: true });
    const pressed = strip.querySelector('[aria-pressed="true"]');
    if (pressed) strip.scrollLeft = pressed.offsetLeft - strip.clientWidth / 2;
  }

  function show(sheets, current) {
    made = filmsOf(sheets, field);
    for (const key of buttons.keys()) if (!frameOf(key)) buttons.delete(key);
    root.querySelector(".easel-shelf").hidden = foot.hidden = made.films.length === 0;
    lay(made.films.map((film) => film.map((frame) => fill(frame, current))));
    const frame = made.frames.get(picture());
    const changed = frame ? nameOf(frame) : "the picture in the form";
    next.textContent = made.films.length && picture() ? `The next instruction changes ${changed}.` : "";
  }

  // A finished turn, or the picture it began with, becomes the one in the form.
  function give(key) {
    const png = frameOf(key)?.sheet.png;
    if (made.frames.has(png) && picture() !== png) bringTo(task, png);
  }

  // A new turn is changed next, unless another picture was put in while it was drawn.
  function goOn(key, held) {
    if (!picture() || picture() === held?.[field]) give(key);
  }

  // After a reload the form is empty; what another tab has left for it comes first.
  function giveAgain(key) {
    const look = () => !picture() && !window.luminaBrought?.[task] && give(key);
    requestAnimationFrame(() => requestAnimationFrame(look));
  }
  return { show, give, goOn, giveAgain, sheetOf: (key) => frameOf(key)?.sheet };
}
