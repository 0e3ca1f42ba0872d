// Puts sheets on canvases: the picture enlarged smoothly, surprise as heat, accepted codes as bars.

const KEPT = 255; // a code that was kept, so that nothing is known about its surprise
const NATS = 16; // one byte of surprise is 1/16 nat
const HOTTEST = 6; // nats that get the hottest colour

const bitmaps = new Map(); // digest → decoded picture, the last few

function bitmapOf(sheet) {
  const key = `${sheet.key}|${sheet.digest}|${sheet.drawn}`;
  if (!bitmaps.has(key)) {
    if (bitmaps.size > 12) bitmaps.delete(bitmaps.keys().next().value);
    bitmaps.set(key, createImageBitmap(new Blob([bytesOf(sheet.png)], { type: "image/png" })));
  }
  return bitmaps.get(key);
}

function drawnPart(sheet) {
  return sheet.codes && sheet.rows ? sheet.drawn / sheet.rows : 1;
}

async function paintPicture(canvas, sheet) {
  const wanted = (canvas.wanted = `${sheet.key}|${sheet.digest}|${sheet.drawn}`);
  const bitmap = await bitmapOf(sheet);
  if (canvas.wanted !== wanted) return; // a newer one has overtaken this one
  const scale = Math.min(window.devicePixelRatio || 1, 2);
  const width = Math.max(1, Math.round((canvas.clientWidth || 512) * scale));
  const height = Math.max(1, Math.round((width * sheet.height) / sheet.width));
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const pen = canvas.getContext("2d");
  pen.imageSmoothingEnabled = true;
  pen.imageSmoothingQuality = "high";
  const part = drawnPart(sheet);
  pen.clearRect(0, Math.round(height * part), width, height);
  canvas.dataset.painted = sheet.drawn;
  if (!part) return;
  pen.drawImage(bitmap, 0, 0, bitmap.width, bitmap.height * part, 0, 0, width, height * part);
}

function heatColour(nats) {
  const heat = Math.min(1, nats / HOTTEST);
  const ramp = [[18, 16, 48], [104, 28, 100], [212, 70, 60], [252, 168, 60], [252, 244, 190]];
  const at = heat * (ramp.length - 1);
  const low = ramp[Math.floor(at)];
  const high = ramp[Math.ceil(at)];
  return low.map((value, channel) => value + (high[channel] - value) * (at % 1));
}

function paintHeat(canvas, sheet) {
  const surprise = bytesOf(sheet.surprise || "");
  Object.assign(canvas, { width: sheet.cols || 1, height: sheet.rows || 1 });
  const pen = canvas.getContext("2d");
  const pixels = pen.createImageData(canvas.width, canvas.height);
  surprise.forEach((byte, at) => {
    if (byte !== KEPT) pixels.data.set([...heatColour(byte / NATS), 180], 4 * at);
  });
  pen.putImageData(pixels, 0, 0);
}

function paintAccepted(canvas, accepted, colour) {
  const width = (canvas.width = Math.max(1, canvas.clientWidth * 2));
  const height = (canvas.height = 72);
  const pen = canvas.getContext("2d");
  const most = Math.max(1, ...accepted);
  const step = Math.min(16, width / Math.max(1, accepted.length));
  pen.clearRect(0, 0, width, height);
  pen.fillStyle = colour;
  accepted.forEach((count, at) => {
    const tall = Math.max(2, (count / most) * height);
    pen.fillRect(at * step, height - tall, Math.max(1, step - 2), tall);
  });
}

function mergedSurprise(sheet, before) {
  if (!before || !before.surprise || before.cols !== sheet.cols) return sheet;
  const now = bytesOf(sheet.surprise);
  const then = bytesOf(before.surprise);
  now.forEach((byte, at) => {
    if (byte === KEPT && at < then.length) now[at] = then[at];
  });
  return { ...sheet, surprise: base64Of(now) };
}
