// The canvas is a script of its own, fetched while there is nothing else to do, so that its tab opens at once.

import type { Host } from "../common/host";
import { one } from "../common/dom";
import { openWorkflow } from "../common/between_tabs";

let fetching: Promise<unknown> | null = null;

function fetched({ href }: HTMLLinkElement): Promise<unknown> {
  const node = href.includes(".css")
    ? Object.assign(document.createElement("link"), { rel: "stylesheet", href })
    : Object.assign(document.createElement("script"), { src: href });
  document.head.append(node);
  return new Promise((resolve, reject) => Object.assign(node, { onload: resolve, onerror: reject }));
}

const load = (): Promise<unknown> =>
  (fetching ??= Promise.all([...document.querySelectorAll<HTMLLinkElement>("link.canvas-file")].map(fetched)));

export function fetchCanvas(): void {
  window.addEventListener("load", () => {
    if ("requestIdleCallback" in window) window.requestIdleCallback(() => void load());
    else setTimeout(() => void load());
  });
}

/** Puts the canvas into the page when its tab is opened first. */
export function mountCanvas(host: Host<Record<string, unknown>>): void {
  const place = one(host.element, ".lumina-canvas");
  load()
    .then(() => window.LuminaCanvas?.mount(place, host))
    .catch(() => {
      place.textContent = "The canvas could not be loaded; reload the page.";
    });
}

/** An address that holds a workflow opens it. */
export function openLinked(): void {
  const open = () => {
    if (/[#&]wf=/.test(location.hash)) openWorkflow();
  };
  window.addEventListener("hashchange", open);
  open();
}
