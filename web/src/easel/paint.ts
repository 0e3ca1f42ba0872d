// Puts sheets on canvases: the picture enlarged smoothly, nll as heat, accepted codes as bars.

import { base64Of, bytesOf } from "../common/bytes";
import { penOf } from "../common/dom";
import { pngBlob } from "../common/download";
import { paintStrips } from "../common/strips";
import { drawnPart, type Sheet } from "./state";

type Colour = readonly [number, number, number];

const KEPT = 255; // a code that was kept, so that nothing is known about its nll
const NATS = 16; // one byte of nll is 1/16 nat
const HOTTEST = 6; // nats that get the hottest colour
const RAMP: readonly Colour[] = [[18, 16, 48], [104, 28, 100], [212, 70, 60], [252, 168, 60], [252, 244, 190]];
const BLACK: Colour = [0, 0, 0];
const MOST_BITMAPS = 12;

const bitmaps = new Map<string, Promise<ImageBitmap>>(); // decoded pictures, the last few
const wanted = new WeakMap<HTMLCanvasElement, string>(); // what each canvas is to show

const lookOf = (sheet: Sheet): string => `${sheet.key}|${sheet.digest}|${sheet.drawn}`;

const drafts = new Map<string, Draft>(); // pictures in the making, the last few

interface Draft {
  canvas: HTMLCanvasElement;
  count: number; // strips that are on it, or on their way
  ready: Promise<unknown>;
}

/** The picture of a sheet in the making: each strip is painted once. */
export function draftOf(sheet: Sheet): Draft {
  const strips = sheet.strips ?? [];
  const there = drafts.get(sheet.key);
  const isNew = !there || there.count > strips.length;
  const canvas = isNew ? document.createElement("canvas") : there.canvas;
  if (isNew) Object.assign(canvas, { width: sheet.width, height: sheet.height });
  const ready = isNew ? paintStrips(canvas, strips, Promise.resolve()) : paintStrips(canvas, strips.slice(there.count), there.ready);
  const draft = { canvas, count: strips.length, ready };
  drafts.delete(sheet.key);
  const [oldest] = drafts.keys();
  if (oldest !== undefined && drafts.size > MOST_BITMAPS) drafts.delete(oldest);
  drafts.set(sheet.key, draft);
  return draft;
}

async function painted(sheet: Sheet): Promise<ImageBitmap | HTMLCanvasElement> {
  if (!sheet.strips?.length) return bitmapOf(sheet);
  const { canvas, ready } = draftOf(sheet);
  await ready;
  return canvas;
}

function bitmapOf(sheet: Sheet): Promise<ImageBitmap> {
  const key = lookOf(sheet);
  const there = bitmaps.get(key);
  if (there) return there;
  const [oldest] = bitmaps.keys();
  if (oldest !== undefined && bitmaps.size > MOST_BITMAPS) bitmaps.delete(oldest);
  const bitmap = createImageBitmap(pngBlob(bytesOf(sheet.png)));
  bitmaps.set(key, bitmap);
  return bitmap;
}

/** The rows of a sheet, over the picture `under` it, if there is one. */
export async function paintPicture(canvas: HTMLCanvasElement, sheet: Sheet, under: HTMLCanvasElement | null = null): Promise<void> {
  const look = lookOf(sheet);
  wanted.set(canvas, look);
  if (!sheet.png && !sheet.strips?.length) return;
  const bitmap = await painted(sheet);
  if (wanted.get(canvas) !== look) return; // a newer one has overtaken this one
  const scale = Math.min(window.devicePixelRatio || 1, 2);
  const width = Math.max(1, Math.round((canvas.clientWidth || 512) * scale));
  const height = Math.max(1, Math.round((width * sheet.height) / sheet.width));
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const pen = penOf(canvas);
  pen.imageSmoothingEnabled = true;
  pen.imageSmoothingQuality = "high";
  const part = drawnPart(sheet);
  pen.clearRect(0, Math.round(height * part), width, height);
  if (under) pen.drawImage(under, 0, 0, width, height);
  canvas.dataset.painted = String(sheet.drawn);
  if (!part) return;
  pen.drawImage(bitmap, 0, 0, bitmap.width, bitmap.height * part, 0, 0, width, height * part);
}

/** The colour of so many nats. */
export function heatColour(nats: number): number[] {
  const at = Math.min(1, nats / HOTTEST) * (RAMP.length - 1);
  const low = RAMP[Math.floor(at)] ?? BLACK;
  const high = RAMP[Math.ceil(at)] ?? BLACK;
  return low.map((value, channel) => value + ((high[channel] ?? 0) - value) * (at % 1));
}

export function paintHeat(canvas: HTMLCanvasElement, sheet: Sheet): void {
  const nll = bytesOf(sheet.nll ?? "");
  Object.assign(canvas, { width: sheet.cols || 1, height: sheet.rows || 1 });
  const pen = penOf(canvas);
  const pixels = pen.createImageData(canvas.width, canvas.height);
  nll.forEach((byte, at) => {
    if (byte !== KEPT) pixels.data.set([...heatColour(byte / NATS), 180], 4 * at);
  });
  pen.putImageData(pixels, 0, 0);
}

export function paintAccepted(canvas: HTMLCanvasElement, accepted: readonly number[], colour: string): void {
  const width = (canvas.width = Math.max(1, canvas.clientWidth * 2));
  const height = (canvas.height = 72);
  const pen = penOf(canvas);
  const most = Math.max(1, ...accepted);
  const step = Math.min(16, width / Math.max(1, accepted.length));
  pen.clearRect(0, 0, width, height);
  pen.fillStyle = colour;
  accepted.forEach((count, at) => {
    const tall = Math.max(2, (count / most) * height);
    pen.fillRect(at * step, height - tall, Math.max(1, step - 2), tall);
  });
}

/** A sheet with what is known of the codes it kept from another one. */
export function mergedNll(sheet: Sheet, before: Sheet | null): Sheet {
  if (!before?.nll || before.cols !== sheet.cols) return sheet;
  const then = bytesOf(before.nll);
  const now = bytesOf(sheet.nll ?? "").map((byte, at) => (byte === KEPT ? (then[at] ?? KEPT) : byte));
  return { ...sheet, nll: base64Of(now) };
}
