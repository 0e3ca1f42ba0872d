// Two pictures, one over the other, with a line between them that is dragged, or moved by arrow keys.

import { made, one } from "./dom";

export interface Side {
  url: string;
  title: string;
}

interface Size {
  width: number;
  height: number;
}

const MARKUP =
  '<div class="compare-top"><p class="compare-note" role="status"></p>' +
  '<button type="button" class="easel-button">Close</button></div>' +
  '<div class="compare-paper"><img alt="" draggable="false" /><img alt="" draggable="false" />' +
  '<input type="range" min="0" max="100" step="0.5" value="50" autofocus aria-label="How much of the left picture is shown" />' +
  "<i></i></div>" +
  '<div class="compare-names"><p></p><p></p></div>';

/** Opens over the page, until it is closed; `left` has the frame, and another shape than its own gets margins. */
export async function compareLarge(left: Side, right: Side): Promise<void> {
  const dialog = made("dialog", "compare");
  dialog.innerHTML = MARKUP;
  dialog.setAttribute("aria-label", "Compare two pictures");
  const paper = one(dialog, ".compare-paper");
  const slider = one<HTMLInputElement>(paper, "input");
  const images = [...paper.querySelectorAll("img")].reverse(); // the left one lies over the other
  const names = dialog.querySelectorAll(".compare-names p");
  [left, right].forEach(({ url, title }, at) => {
    Object.assign(images[at] ?? {}, { src: url, alt: title });
    if (names[at]) names[at].textContent = title;
  });
  const move = () => paper.style.setProperty("--at", `${slider.value}%`);
  slider.addEventListener("input", move);
  move();
  one(dialog, "button").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => {
    dialog.remove();
    for (const { url } of [left, right]) URL.revokeObjectURL(url); // which leaves other addresses alone
  });
  await Promise.all(images.map((image) => image.decode().catch(() => undefined)));
  const [own, other] = images.map(({ naturalWidth: width, naturalHeight: height }) => ({ width, height }));
  if (own && other) {
    dialog.style.setProperty("--wide", String(own.width / own.height || 1));
    one(dialog, ".compare-note").textContent = noteOn(own, other);
  }
  (document.querySelector(".gradio-container") ?? document.body).append(dialog); // whose letters it has
  dialog.showModal();
}

/** What is to be known of two sizes, if they differ. */
export function noteOn(left: Size, right: Size): string {
  const [one, other] = [left, right].map(({ width, height }) => `${width} × ${height}`);
  if (one === other) return "";
  const isAlike = Math.abs((left.width * right.height) / (left.height * right.width) - 1) < 0.01;
  return `${one} and ${other} pixels: ${isAlike ? "shown equally large." : "the right picture has margins, to keep its shape."}`;
}
