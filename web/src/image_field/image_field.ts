// A place for one picture. It triggers 'change', 'brought' and 'put'.

import type { Format } from "../messages.gen";
import { base64Of, latin } from "../common/bytes";
import { made, one, penOf } from "../common/dom";
import { inDatabase } from "../common/browser_database";
import { takeBrought } from "../common/between_tabs";
import { plain, type Host } from "../common/host";
import { isPng } from "../common/png";
import { offerOwn } from "./own_pictures";

export interface ImageFieldProps {
  task: string;
  field: string;
  title: string;
  about: string;
  formats: Format[]; // the first that fits a file is its own
  part: string; // the panel of a pair that it takes: "upper" or "lower"
  longest: number; // pixels of the longer side that the model has use for
  value: string; // the picture in base64; empty if there is none
}

const LONGEST = 1024; // pixels; larger pictures are made smaller here, for no model looks at more
const MOST = 900_000; // characters that go to the server with ease; more is made as small as this model's pictures allow
const HEAD = 4096; // bytes by which a format is known
const MIN_SIDE = 16; // pixels
const MAX_ASPECT = 10; // how much longer one side may be; both as in lumina/images.py
const UNREADABLE =
  "This picture cannot be read here: it is damaged, too large or of another kind; use a PNG, JPEG or WebP file.";
const refusalOf = (width: number, height: number) =>
  `This picture has ${width}x${height} pixels; use one whose sides have at least ${MIN_SIDE} pixels, ` +
  `none over ${MAX_ASPECT} times the other.`;

const pictures = new WeakMap<Element, string>();

export const imageFieldsOf = (tab: ParentNode): HTMLElement[] => [...tab.querySelectorAll<HTMLElement>(".image-field")];

/** The picture in a field, in base64: what the easel keeps beside the pictures drawn from it. */
export const pictureIn = (field: Element): string => pictures.get(field) ?? "";

const readings = new WeakMap<Element, Promise<boolean>>();

/** Whether the files that a tab's fields are reading can be used, once that is known; null if they read none. */
export function readingIn(tab: ParentNode): Promise<boolean> | null {
  const found = imageFieldsOf(tab).flatMap((field) => readings.get(field) ?? []);
  return found.length ? Promise.all(found).then((all) => all.every(Boolean)) : null;
}

type Read = { png: string } | { refusal: string };

export function mountImageField({ element, props, trigger, watch }: Host<ImageFieldProps>): void {
  const field = one(element, ".image-field");
  const input = one<HTMLInputElement>(field, "input");
  const image = one<HTMLImageElement>(field, "img");
  const problem = one(field, ".image-field-problem");
  const formats = plain(props.formats);
  let latest = 0; // number of the last file that was chosen; it stays, whatever was brought while it was read
  const place = `field ${props.task} ${props.field}`; // where this browser keeps what is in it
  let isTouched = false; // whether anything was put in or taken out since the page was opened
  field.dataset.field = props.field;
  one(field, ".image-field-title").textContent = props.title;
  one(field, ".image-field-invite").textContent = `${props.about} Choose a picture, or drop one here.`;
  input.setAttribute("aria-label", props.title);

  const own = offerOwn(one<HTMLDetailsElement>(field, ".image-field-own"), props.part, (png, kind) => {
    latest++;
    put(png);
    trigger("brought", { kind });
  });

  function show(): void {
    const base64 = props.value || "";
    pictures.set(field, base64);
    field.dataset.state = base64 ? "full" : "empty";
    if (base64) own.withdraw();
    if (base64) image.src = `data:image/*;base64,${base64}`;
    else image.removeAttribute("src");
    image.alt = base64 ? props.title : "";
    isTouched ||= base64 !== "";
    if (isTouched) void inDatabase("readwrite", (store) => store.put(base64, place));
    field.dispatchEvent(new Event("lumina-image-field", { bubbles: true }));
  }

  function put(base64: string): void {
    problem.textContent = "";
    props.value = base64;
    show();
    trigger("change");
  }

  function take(file: File): void {
    const number = ++latest;
    const reading = read(file, formats, props.longest)
      .catch((): Read => ({ refusal: UNREADABLE }))
      .then((found) => number !== latest || taken(found)) // or another one has been put in since
      .finally(() => {
        if (readings.get(field) !== reading) return;
        readings.delete(field);
        field.removeAttribute("aria-busy");
      });
    readings.set(field, reading);
    field.setAttribute("aria-busy", "true");
  }

  function taken(found: Read): boolean {
    if ("refusal" in found) {
      problem.textContent = found.refusal;
      return false;
    }
    put(found.png);
    trigger("put");
    return true;
  }

  function fetchBrought(): void {
    // Another tab left a picture for this one, perhaps before this one was there.
    const brought = takeBrought(props.task);
    if (!brought) return;
    put(brought.png);
    trigger("brought", { kind: brought.kind ?? "" });
  }

  /** What was in it when the page was left, unless something has been put in since. */
  async function recall(): Promise<void> {
    const kept = await inDatabase<unknown>("readonly", (store) => store.get(place));
    if (typeof kept === "string" && kept && !isTouched) put(kept);
  }

  const isWanted = () => props.part === "upper" && !props.value && Boolean(field.offsetParent);
  new IntersectionObserver(() => isWanted() && void own.offer(isWanted)).observe(field);
  input.addEventListener("change", () => {
    const file = input.files?.[0];
    if (file) take(file);
    input.value = "";
  });
  one(field, ".image-field-clear").addEventListener("click", () => {
    latest++;
    isTouched = true;
    put("");
  });
  field.addEventListener("dragover", (event) => event.preventDefault());
  field.addEventListener("drop", (event) => {
    event.preventDefault(); // which tells the tab that the file is taken
    const file = event.dataTransfer?.files[0];
    if (file) take(file);
  });
  window.addEventListener("lumina-brought", fetchBrought);
  watch("value", show);
  show();
  const begin = () => (fetchBrought(), void recall());
  requestAnimationFrame(() => requestAnimationFrame(begin)); // before that a value would not be kept
}

/** Why a file that begins with these bytes cannot be used; empty if it can. */
export function refusalIn(head: Uint8Array, formats: readonly Format[]): string {
  const text = latin(head);
  return formats.find(({ pattern }) => new RegExp(pattern, "is").test(text))?.refusal ?? "";
}

async function read(file: File, formats: readonly Format[], longest: number): Promise<Read> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const refusal = refusalIn(bytes.subarray(0, HEAD), formats);
  if (refusal) return { refusal };
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  const { width, height } = bitmap;
  const [short, long] = width < height ? [width, height] : [height, width];
  if (short < MIN_SIDE || long > MAX_ASPECT * short) return { refusal: refusalOf(width, height) };
  if (isPng(bytes) && long <= LONGEST && (bytes.length * 4) / 3 < MOST) return { png: base64Of(bytes) };
  const png = scaled(bitmap, Math.min(long, LONGEST) / long);
  return { png: png.length < MOST ? png : scaled(bitmap, Math.min(long, LONGEST, longest) / long) };
}

function scaled(bitmap: ImageBitmap, scale: number): string {
  const width = Math.ceil(bitmap.width * scale);
  const height = Math.ceil(bitmap.height * scale);
  const canvas = made("canvas", "", "", { width, height });
  const paper = penOf(canvas);
  paper.imageSmoothingQuality = "high";
  paper.drawImage(bitmap, 0, 0, width, height);
  return canvas.toDataURL("image/png").split(",")[1] ?? "";
}
