// Writes the unknown words and their replacements; the event's name must stand here in quotes: 'swap'.

const line = element.querySelector(".hint-words");

function button(word, known) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = known;
  made.setAttribute("aria-label", `Write ${known} instead of ${word}`);
  made.addEventListener("click", () => trigger("swap", { word, known }));
  return made;
}

function show() {
  const words = JSON.parse(JSON.stringify(props.words || []));
  const parts = words.flatMap(({ word, known }, at) => {
    const name = document.createElement("b");
    name.textContent = word;
    const start = at ? "; not " : `${props.model} has never seen `;
    return [start, name, ". Try ", ...known.flatMap((other, nth) => [nth ? " " : "", button(word, other)])];
  });
  line.replaceChildren(...parts);
}

watch("words", show);
show();
