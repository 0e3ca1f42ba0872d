// A film of a picture painting itself, recorded by the browser where it can.

import { bytesOf } from "../common/bytes";
import { made, penOf } from "../common/dom";
import { pngBlob } from "../common/download";
import type { Sheet } from "./state";

const LONGEST = 512; // pixels of the longer side of the picture in it
const PAINTED = 0.72; // part of the time that painting takes; then the whole picture is shown
const MARGIN = 16;
const LINE = 24;
const PAPER = "#faf8f4";
const INK = "#1e1a16";
const ACCENT = "#c2410c";

/** The kind of film that this browser records; empty if it records none. */
export function filmKind(): string {
  if (!("MediaRecorder" in window) || !("captureStream" in HTMLCanvasElement.prototype)) return "";
  return ["video/webm", "video/mp4"].find((kind) => MediaRecorder.isTypeSupported(kind)) ?? "";
}

export async function recordFilm(sheet: Sheet, seconds: number): Promise<Blob> {
  const picture = await createImageBitmap(pngBlob(bytesOf(sheet.png)));
  const canvas = made("canvas");
  const paint = stage(canvas, picture, sheet);
  const recorder = new MediaRecorder(canvas.captureStream(30), { mimeType: filmKind(), videoBitsPerSecond: 4e6 });
  const parts: Blob[] = [];
  recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
  const ended = new Promise((resolve, reject) => {
    recorder.addEventListener("stop", resolve);
    recorder.addEventListener("error", reject);
  });
  recorder.start();
  const begun = performance.now();
  const timer = setInterval(() => {
    const part = (performance.now() - begun) / (1000 * seconds);
    paint(Math.min(1, part / PAINTED));
    if (part < 1) return;
    clearInterval(timer);
    recorder.stop();
  }, 33);
  await ended;
  return new Blob(parts, { type: filmKind() });
}

/** Sizes the canvas; what it gives paints that part of the picture's rows, with the prompt below. */
function stage(canvas: HTMLCanvasElement, picture: ImageBitmap, { rows, prompt }: Sheet): (part: number) => void {
  const scale = LONGEST / Math.max(picture.width, picture.height);
  const width = 2 * Math.round((picture.width * scale) / 2); // films have even sides
  const height = 2 * Math.round((picture.height * scale) / 2);
  const pen = penOf(canvas);
  const font = "18px sans-serif";
  pen.font = font;
  const lines = linesOf(prompt, (text) => pen.measureText(text).width <= width - 2 * MARGIN);
  Object.assign(canvas, { width, height: height + lines.length * LINE + 2 * MARGIN });
  return (part) => {
    const bottom = Math.floor(part * rows) / rows;
    pen.fillStyle = PAPER;
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.imageSmoothingQuality = "high";
    if (bottom) pen.drawImage(picture, 0, 0, picture.width, picture.height * bottom, 0, 0, width, height * bottom);
    pen.fillStyle = ACCENT;
    if (bottom < 1) pen.fillRect(0, height * bottom, width, 3);
    Object.assign(pen, { font, fillStyle: INK, textBaseline: "top" });
    lines.forEach((line, at) => pen.fillText(line, MARGIN, height + MARGIN + at * LINE));
  };
}

function linesOf(text: string, fits: (line: string) => boolean): string[] {
  return text.slice(0, 300).split(/\s+/).reduce<string[]>((lines, word) => {
    const longer = lines.length ? `${lines.at(-1)} ${word}` : word;
    return lines.length && fits(longer) ? [...lines.slice(0, -1), longer] : [...lines, word];
  }, []);
}
