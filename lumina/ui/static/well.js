// A place for one picture. Names of events must stand here in quotes: 'change' 'brought'.

const LONGEST = 1024; // pixels; larger pictures are made smaller here, for no model looks at more
const well = element.querySelector(".well");
const input = well.querySelector("input");
const image = well.querySelector("img");
const problem = well.querySelector(".well-problem");
well.dataset.field = props.field;
well.querySelector(".well-title").textContent = props.title;
well.querySelector(".well-invite").textContent = `${props.about} Choose a picture, or drop one here.`;
input.setAttribute("aria-label", props.title);

function show() {
  const base64 = props.value || "";
  well.picture = base64; // what the easel keeps beside the pictures drawn from it
  well.dataset.state = base64 ? "full" : "empty";
  if (base64) image.src = `data:image/*;base64,${base64}`;
  else image.removeAttribute("src");
  image.alt = base64 ? props.title : "";
  well.dispatchEvent(new Event("lumina-well", { bubbles: true }));
}

function put(base64) {
  problem.textContent = "";
  props.value = base64;
  show();
  trigger("change");
}

async function take(file) {
  try {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = LONGEST / Math.max(bitmap.width, bitmap.height);
    if (isPng(bytes) && scale >= 1) return put(base64Of(bytes));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(bitmap.width * Math.min(1, scale)));
    canvas.height = Math.max(1, Math.round(bitmap.height * Math.min(1, scale)));
    const paper = canvas.getContext("2d");
    paper.imageSmoothingQuality = "high";
    paper.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    put(canvas.toDataURL("image/png").split(",")[1]);
  } catch {
    problem.textContent = "This file is not a picture; use a PNG, JPEG or WebP file.";
  }
}

function fetchBrought() {
  // Another tab left a picture for this one, perhaps before this one was there.
  const brought = window.luminaBrought?.[props.task];
  if (!brought) return;
  delete window.luminaBrought[props.task];
  put(brought.png);
  trigger("brought", { kind: brought.kind || "" });
}

input.addEventListener("change", () => {
  if (input.files[0]) take(input.files[0]);
  input.value = "";
});
well.querySelector(".well-clear").addEventListener("click", () => put(""));
well.addEventListener("dragover", (event) => event.preventDefault());
well.addEventListener("drop", (event) => {
  event.preventDefault(); // which tells the tab that the file is taken
  if (event.dataTransfer.files[0]) take(event.dataTransfer.files[0]);
});
window.addEventListener("lumina-brought", fetchBrought);
watch("value", show);
show();
requestAnimationFrame(() => requestAnimationFrame(fetchBrought)); // before that a value would not be kept
