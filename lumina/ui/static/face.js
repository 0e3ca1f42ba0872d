// The easel's elements: everything that is shown is written here, from the state alone.

function makeFace(root, pick) {
  const find = (name) => root.querySelector(`.easel-${name}`);
  const face = { cells: new Map(), find };

  function newCell(key) {
    const cell = document.createElement("figure");
    cell.className = "easel-cell";
    cell.innerHTML =
      '<div class="easel-paper"><canvas class="easel-paint"></canvas><canvas class="easel-heatmap"></canvas>' +
      '<img class="easel-true" alt="" /><i class="easel-edge"></i><i class="easel-cutline"></i></div>';
    cell.addEventListener("click", () => pick(key));
    cell.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") pick(key);
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
    paintPicture(cell.querySelector(".easel-paint"), sheet);
    if (state.isHot) paintHeat(cell.querySelector(".easel-heatmap"), sheet);
  }

  face.showCells = (sheets, state, places) => {
    const stage = find("cells");
    const keys = sheets.map((sheet) => sheet.key);
    const cells = sheets.map((sheet) => face.cells.get(sheet.key) || newCell(sheet.key));
    for (const key of face.cells.keys()) if (!keys.includes(key)) face.cells.delete(key);
    const blanks = Array.from({ length: Math.max(0, places - cells.length) }, () => {
      const blank = document.createElement("figure");
      blank.className = "easel-cell easel-blank";
      blank.innerHTML = '<div class="easel-paper"></div>';
      if (sheets[0]) blank.firstElementChild.style.aspectRatio = `${sheets[0].width} / ${sheets[0].height}`;
      return blank;
    });
    const wanted = [...cells, ...blanks];
    const isSame = blanks.length === 0 && wanted.length === stage.children.length &&
      wanted.every((cell, at) => cell === stage.children[at]);
    if (!isSame) stage.replaceChildren(...wanted);
    stage.dataset.count = wanted.length;
    cells.forEach((cell, at) => fillCell(cell, sheets[at], state, wanted.length === 1));
  };

  face.showStrip = (sheets, current) => {
    find("shelf").hidden = sheets.length < 2;
    find("strip").replaceChildren(
      ...(sheets.length < 2 ? [] : sheets).map((sheet) => {
        const button = document.createElement("button");
        button.type = "button";
        button.title = sheet.prompt;
        button.setAttribute("aria-label", `Show: ${sheet.prompt}`);
        button.setAttribute("aria-pressed", sheet.key === current);
        const image = document.createElement("img");
        image.src = `data:image/png;base64,${sheet.png}`;
        image.alt = "";
        image.style.clipPath = `inset(0 0 ${100 * (1 - drawnPart(sheet))}% 0)`;
        button.append(image);
        button.addEventListener("click", () => pick(sheet.key));
        return button;
      }),
    );
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

function isActive(state) {
  return state.run.state === "waiting" || state.run.state === "drawing";
}
