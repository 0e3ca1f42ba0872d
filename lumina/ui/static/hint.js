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
  const parts = words.map(({ word, known }) => {
    const group = document.createElement("span");
    const name = document.createElement("b");
    name.textContent = word;
    group.append(name);
    if (known.length) group.append(" → ", ...known.flatMap((other) => [button(word, other), " "]));
    return group;
  });
  if (parts.length) parts.unshift(`${props.model} has never seen `);
  line.replaceChildren(...parts);
}

watch("words", show);
show();
