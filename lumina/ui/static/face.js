// The easel's elements: everything that is shown is written here, from the state alone.

function makeFace(root, pick) {
  const find = (name) => root.querySelector(`.easel-${name}`);
  const face = { cells: new Map(), find };
  const buttons = new Map(); // of the strip, by key

  function newCell(key) {
    const cell = document.createElement("figure");
    cell.className = "easel-cell";
    cell.innerHTML =
      '<div class="easel-paper"><canvas class="easel-paint"></canvas><canvas class="easel-heatmap"></canvas>' +
      '<img class="easel-true" alt="" /><i class="easel-edge"></i><i class="easel-cutline"></i></div>' +
      '<figcaption class="easel-score"></figcaption>';
    cell.addEventListener("click", () => pick(key));
    cell.addEventListener("keydown", (event) => {
      if (cell.tabIndex < 0 || (event.key !== "Enter" && event.key !== " ")) return;
      event.preventDefault(); // a space would scroll, too
      pick(key);
    });
    face.cells.set(key, cell);
    return cell;
  }

  function fillCell(cell, sheet, state, isAlone) {
    const paper = cell.firstElementChild;
    const part = drawnPart(sheet);
    const image = cell.querySelector(".easel-true");
    paper.style.aspectRatio = `${sheet.width} / ${sheet.height}`;
    paper.style.setProperty("--wide", sheet.width / sheet.height);
    cell.dataset.state = part < 1 ? (isActive(state) ? "drawing" : "stopped") : "whole";
    cell.style.setProperty("--drawn", part);
    cell.style.setProperty("--cut", state.isCutting && sheet.rows ? state.row / sheet.rows : 0);
    cell.toggleAttribute("data-cut", state.isCutting && isAlone);
    cell.toggleAttribute("data-current", !isAlone && sheet.key === state.current);
    cell.toggleAttribute("data-heat", state.isHot && Boolean(sheet.surprise));
    cell.tabIndex = isAlone ? -1 : 0;
    cell.setAttribute("role", isAlone ? "group" : "button");
    if (!isActive(state)) image.src = `data:image/png;base64,${sheet.png}`;
    image.alt = sheet.prompt;
    cell.lastElementChild.textContent = isAlone || sheet.score == null ? "" : `score ${sheet.score.toFixed(3)}`;
    paintPicture(cell.querySelector(".easel-paint"), sheet);
    if (state.isHot) paintHeat(cell.querySelector(".easel-heatmap"), sheet);
  }

  face.showCells = (sheets, state, places) => {
    const stage = find("cells");
    const keys = sheets.map((sheet) => sheet.key);
    const cells = sheets.map((sheet) => face.cells.get(sheet.key) || newCell(sheet.key));
    for (const key of face.cells.keys()) if (!keys.includes(key)) face.cells.delete(key);
    const before = stage.querySelectorAll(".easel-blank");
    const blanks = Array.from({ length: Math.max(0, places - cells.length) }, (_, at) => {
      const blank = before[at] || document.createElement("figure");
      blank.className = "easel-cell easel-blank";
      blank.innerHTML ||= '<div class="easel-paper"></div>';
      if (sheets[0]) blank.firstElementChild.style.aspectRatio = `${sheets[0].width} / ${sheets[0].height}`;
      return blank;
    });
    const wanted = [...cells, ...blanks];
    arrange(stage, wanted);
    stage.dataset.count = wanted.length;
    cells.forEach((cell, at) => fillCell(cell, sheets[at], state, wanted.length === 1));
  };

  function buttonOf({ key, prompt }) {
    if (buttons.has(key)) return buttons.get(key);
    const button = Object.assign(document.createElement("button"), { type: "button", title: prompt });
    button.setAttribute("aria-label", `Show: ${prompt}`);
    button.append(Object.assign(document.createElement("img"), { alt: "" }));
    button.addEventListener("click", () => pick(key));
    buttons.set(key, button);
    return button;
  }

  face.showStrip = (sheets, current) => {
    const shown = sheets.length < 2 ? [] : sheets;
    const keys = shown.map((sheet) => sheet.key);
    for (const key of buttons.keys()) if (!keys.includes(key)) buttons.delete(key);
    find("shelf").hidden = shown.length === 0;
    for (const sheet of shown) {
      const button = buttonOf(sheet);
      const image = button.firstElementChild;
      button.setAttribute("aria-pressed", sheet.key === current);
      image.src = `data:image/png;base64,${sheet.png}`;
      image.style.clipPath = `inset(0 0 ${100 * (1 - drawnPart(sheet))}% 0)`;
    }
    arrange(find("strip"), shown.map(buttonOf));
  };

  // Said anew only where it has changed, for it is read out.
  face.say = (name, words) => {
    if (find(name).textContent !== words) find(name).textContent = words;
  };

  face.showTools = (sheet, group, state, hasUses) => {
    const isIdle = !isActive(state);
    const hasRows = Boolean(sheet && sheet.codes && sheet.drawn > 0);
    const can = {
      halt: !isIdle,
      resume: isIdle && hasRows && sheet.drawn < sheet.rows,
      replay: isIdle && Boolean(sheet) && !sheet.codes && !sheet.isBrought,
      save: isIdle && Boolean(sheet),
      cut: isIdle && hasRows && sheet.drawn > 1,
      adopt: isIdle && hasRows,
      workflow: isIdle && Boolean(sheet) && !sheet.isBrought,
      use: isIdle && Boolean(sheet) && hasUses,
      open: isIdle && Boolean(sheet),
      forget: isIdle,
      heat: hasRows,
      all: group.length > 1,
    };
    for (const [name, is] of Object.entries(can)) {
      for (const tool of root.querySelectorAll(`[data-do="${name}"]`)) tool.hidden = !is;
    }
    const pressed = { cut: state.isCutting, use: state.isUsing, heat: state.isHot, all: state.isAll };
    for (const [name, is] of Object.entries(pressed)) {
      root.querySelector(`[data-do="${name}"]`).setAttribute("aria-pressed", is);
    }
    face.askAgain(false);
    find("uses").hidden = !(can.use && state.isUsing);
    find("heat").hidden = !(can.heat && state.isHot);
    find("cut").hidden = !(can.cut && state.isCutting);
    if (!can.cut) return;
    Object.assign(find("cut").querySelector("input"), { max: sheet.drawn - 1, value: state.row });
    find("cut-text").textContent = `Keep ${state.row} ${state.row === 1 ? "row" : "rows"}, draw the others anew`;
  };

  // What is cleared is gone: asked once more. Whether it has been.
  face.askAgain = (isAsked) => {
    const forget = find("forget");
    const was = forget.textContent;
    forget.textContent = isAsked ? "Clear for good" : "Clear";
    return was === forget.textContent;
  };

  face.showFacts = (sheet) => {
    find("prompt").textContent = sheet ? sheet.prompt : "";
    find("chips").replaceChildren(...(sheet ? chipsOf(sheet) : []));
  };

  face.showHeat = (sheet) => {
    const accepted = sheet?.accepted || [];
    const each = sheet?.forwards ? sheet.tokens / sheet.forwards : 0;
    const text = each ? `${each.toFixed(1)} codes accepted per forward pass, ${sheet.forwards} passes` : "";
    find("heat-text").textContent = text;
    find("accepted").setAttribute("aria-label", text);
    paintAccepted(find("accepted"), accepted, getComputedStyle(root).getPropertyValue("--accent"));
  };
  return face;
}

function chipsOf(sheet) {
  const size = ["size", `${sheet.width} × ${sheet.height}`];
  const chips = sheet.isBrought ? [size] : [["seed", `seed ${sheet.seed}`], size];
  if (sheet.codes && sheet.drawn < sheet.rows) chips.push(["rows", `${sheet.drawn} of ${sheet.rows} rows`]);
  if (sheet.seconds) chips.push(["time", `${sheet.seconds.toFixed(1)} s`]);
  if (sheet.score != null) chips.push(["score", `score ${sheet.score.toFixed(3)}`]);
  if (sheet.model) chips.push(["model", sheet.model]);
  if (sheet.model && !sheet.codes) chips.push(["file", "from a file"]);
  if (sheet.match === true) chips.unshift(["same", "identical ✓"]);
  if (sheet.match === false) chips.unshift(["other", "not identical"]);
  return chips.map(([kind, text]) => {
    const chip = document.createElement("span");
    chip.className = `easel-chip ${kind}`;
    chip.textContent = text;
    return chip;
  });
}

function statusOf(state) {
  const { run } = state;
  if (run.state === "waiting") return run.message || "Waiting for the model…";
  if (run.state === "drawing") {
    const sheet = run.sheets[run.sheets.length - 1];
    const which = run.count > 1 ? `Picture ${run.sheets.length} of ${run.count} · ` : "";
    const rows = sheet ? `row ${sheet.drawn} of ${sheet.rows}` : "";
    const left = run.left == null ? "" : ` · ${run.left < 1 ? "under 1 s" : `${Math.round(run.left)} s`} left`;
    const text = which + rows + left;
    return text.charAt(0).toUpperCase() + text.slice(1);
  }
  if (run.state === "stopped") return run.message || "Stopped. What is drawn is kept.";
  if (run.state !== "done") return "";
  return `Done in ${run.sheets.reduce((sum, sheet) => sum + sheet.seconds, 0).toFixed(1)} s.`;
}

// For whoever listens: what begins and ends, not every row.
function saidOf(state) {
  const { run } = state;
  if (run.state !== "drawing") return statusOf(state);
  return run.count > 1 ? `Drawing picture ${run.sheets.length || 1} of ${run.count}.` : "Drawing.";
}

// Lays these in a place, in this order; the one that has the focus keeps it.
function arrange(place, wanted) {
  if (wanted.length === place.children.length && wanted.every((each, at) => each === place.children[at])) return;
  const held = document.activeElement;
  place.replaceChildren(...wanted);
  if (place.contains(held)) held.focus({ preventScroll: true });
}

function isActive(state) {
  return state.run.state === "waiting" || state.run.state === "drawing";
}
