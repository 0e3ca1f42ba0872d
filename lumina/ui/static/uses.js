// Pictures go from one tab to another here, in the browser: into the wells of the other tab's form.

function wellsIn(tab) {
  const full = [...tab.querySelectorAll(".well")].filter((well) => well.picture);
  return Object.fromEntries(full.map((well) => [well.dataset.field, well.picture]));
}

// Whoever listens compares the picture that is looked at, once it is whole, with what it was made from.
function makeTeller(tab, say) {
  let told = "";
  let picture = {};
  let ticket = 0;
  let isAnswered = false;
  function ask() {
    ticket += 1;
    isAnswered = false;
    say({ ...picture, ticket: String(ticket) });
  }
  // What is found of an earlier picture may come after what is found of this one, which is then asked for again.
  watch("answered", () => {
    if (props.answered === String(ticket)) isAnswered = true;
    else if (isAnswered) ask();
  });
  return (sheet) => {
    const whole = sheet && drawnPart(sheet) === 1 ? sheet : null;
    const name = whole ? whole.key + whole.digest : "";
    if (name === told) return;
    told = name;
    const { task, inputs, model, png, given } = whole || {};
    picture = whole ? { task, inputs, model, png, given: given || wellsIn(tab) } : {};
    ask();
  };
}

function fillUses(place, uses, current, open) {
  place.append(...uses.map(({ task, title, part }) => {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: title });
    button.className = "easel-button";
    button.addEventListener("click", async () => {
      const sheet = current();
      const png = sheet.panels === 2 ? await halfOf(sheet.png, part) : sheet.png;
      open(task);
      bringTo(task, png, sheet.kind);
    });
    return button;
  }));
}

// The well of a tab takes it at once, or when it is there.
function bringTo(task, png, kind) {
  window.luminaBrought = { ...window.luminaBrought, [task]: { png, kind } };
  window.dispatchEvent(new Event("lumina-brought"));
}

// A picture from the gallery brings its settings back as if it were dropped here.
function takeReturned(task, open) {
  const take = () => {
    const png = window.luminaReturned?.[task];
    if (!png) return;
    delete window.luminaReturned[task];
    open(new Blob([bytesOf(png)]));
  };
  window.addEventListener("lumina-returned", take);
  take();
}

// The inputs stay text, because seeds go beyond JavaScript's whole numbers; their pictures go along.
function openAsWorkflow({ task, inputs, given }) {
  const text = `{"lumina":1,"nodes":{"${task}":{"task":"${task}","inputs":${inputs}}}}`;
  window.openWorkflow(text, Object.values(given || {}));
}

// One panel of a pair; it still says what drew it.
async function halfOf(png, part) {
  const image = new Image();
  image.src = `data:image/png;base64,${png}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = image.naturalWidth;
  canvas.height = image.naturalHeight / 2;
  canvas.getContext("2d").drawImage(image, 0, part === "lower" ? -canvas.height : 0);
  return withTexts(canvas.toDataURL("image/png").split(",")[1], png);
}
