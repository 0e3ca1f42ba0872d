// Several pictures on one sheet, each above a line of words.

import { bytesOf } from "./bytes";
import { made, penOf } from "./dom";
import { pngBlob } from "./download";

const GAP = 8;
const LINE = 20; // pixels of the words below a picture
const LEAST = 256; // pixels along the longer side of a picture, so that the words can be read beside it

export interface Shown {
  png: string; // in base64
  words: string;
}

/** The file of a sheet as nearly square as its number of pictures allows. */
export async function contactSheet(shown: readonly Shown[]): Promise<Blob> {
  const images = await Promise.all(shown.map(({ png }) => createImageBitmap(pngBlob(bytesOf(png)))));
  const scale = Math.max(1, Math.ceil(LEAST / Math.max(...images.flatMap(({ width, height }) => [width, height]))));
  const width = scale * Math.max(...images.map((image) => image.width)) + GAP;
  const height = scale * Math.max(...images.map((image) => image.height)) + LINE + GAP;
  const columns = Math.ceil(Math.sqrt(images.length));
  const canvas = made("canvas", "", "", { width: columns * width + GAP, height: Math.ceil(images.length / columns) * height + GAP });
  const pen = penOf(canvas);
  pen.fillStyle = "white";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  Object.assign(pen, { fillStyle: "black", font: "13px sans-serif", textBaseline: "middle" });
  images.forEach((image, index) => {
    const [left, top] = [GAP + (index % columns) * width, GAP + Math.floor(index / columns) * height];
    pen.drawImage(image, left, top, scale * image.width, scale * image.height);
    pen.fillText(shown[index]?.words ?? "", left, top + scale * image.height + LINE / 2, width - GAP);
  });
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png"));
}
