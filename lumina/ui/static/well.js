// A place for one picture. Names of events must stand here in quotes: 'change' 'brought'.

const LONGEST = 1024; // pixels; larger pictures are made smaller here, for no model looks at more
const MOST = 900_000; // characters that go to the server with ease; more are made as small as this model's pictures allow
const MIN_SIDE = 16; // pixels
const MAX_ASPECT = 10; // how much longer one side may be; both as in lumina/images.py
const UNREADABLE =
  "This picture cannot be read here: it is damaged, too large or of another kind; use a PNG, JPEG or WebP file.";
const refusalOf = (width, height) =>
  `This picture has ${width}x${height} pixels; use one whose sides have at least ${MIN_SIDE} pixels, ` +
  `none over ${MAX_ASPECT} times the other.`;
const well = element.querySelector(".well");
const input = well.querySelector("input");
const image = well.querySelector("img");
const problem = well.querySelector(".well-problem");
let latest = 0; // number of the last file that was chosen; it stays, whatever was brought while it was read
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
  const number = ++latest;
  const { png, refusal } = await read(file).catch(() => ({ refusal: UNREADABLE }));
  if (number !== latest) return; // another one has been put in since
  if (png) put(png);
  else problem.textContent = refusal;
}

async function read(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const head = String.fromCharCode(...bytes.subarray(0, 4096));
  const { refusal } = FORMATS.find(({ pattern }) => new RegExp(pattern, "is").test(head)); // lumina/formats.py's
  if (refusal) return { refusal };
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  const { width, height } = bitmap;
  const [short, long] = width < height ? [width, height] : [height, width];
  if (short < MIN_SIDE || long > MAX_ASPECT * short) return { refusal: refusalOf(width, height) };
  if (isPng(bytes) && long <= LONGEST && bytes.length * 4 / 3 < MOST) return { png: base64Of(bytes) };
  const png = scaled(bitmap, Math.min(long, LONGEST) / long);
  return { png: png.length < MOST ? png : scaled(bitmap, Math.min(long, LONGEST, props.longest) / long) };
}

function scaled(bitmap, scale) {
  const [width, height] = [bitmap.width, bitmap.height].map((side) => Math.ceil(side * scale));
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const paper = canvas.getContext("2d");
  paper.imageSmoothingQuality = "high";
  paper.drawImage(bitmap, 0, 0, width, height);
  return canvas.toDataURL("image/png").split(",")[1];
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
well.querySelector(".well-clear").addEventListener("click", () => {
  latest++;
  put("");
});
well.addEventListener("dragover", (event) => event.preventDefault());
well.addEventListener("drop", (event) => {
  event.preventDefault(); // which tells the tab that the file is taken
  if (event.dataTransfer.files[0]) take(event.dataTransfer.files[0]);
});
window.addEventListener("lumina-brought", fetchBrought);
watch("value", show);
show();
requestAnimationFrame(() => requestAnimationFrame(fetchBrought)); // before that a value would not be kept
