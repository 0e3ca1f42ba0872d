// Puts the canvas into the page, once; a page that is put together anew gets the same state again.

import { createRoot } from "react-dom/client";
import { connect, prop, type Bridge } from "./studio/bridge";
import { bringPicture, openAddress, openText, recover } from "./studio/files";
import { receiveBrought, send } from "./studio/pictures";
import { watchPlace } from "../common/place";
import { ended, lost, receive, receivePlan, recoverRun, tellPlace } from "./studio/running";
import { NO_TASKS, set } from "./studio/store";
import { App } from "./parts/App";
import "../common/between_tabs";

let isBegun = false;

function mount(host: HTMLElement, bridge: Bridge): void {
  connect(bridge);
  set({ catalogue: prop("catalogue", NO_TASKS), templates: prop("templates", []), space: prop("space", "") });
  bridge.watch("run", receive);
  bridge.watch("plan", receivePlan);
  bridge.watch("brought", receiveBrought);
  if (!isBegun) begin();
  createRoot(host).render(<App />);
}

function begin(): void {
  isBegun = true;
  recover();
  recoverRun();
  void openAddress(location.hash);
  window.addEventListener("hashchange", () => void openAddress(location.hash));
  window.addEventListener("lumina-canvas-ended", ended);
  watchPlace(tellPlace);
  for (const name of ["lumina-away", "lumina-cut"]) window.addEventListener(name, lost);
  window.addEventListener("lumina-open-workflow", () => void openHanded());
  void openHanded();
}

/** What another tab of this page has handed over to be opened here, with the pictures it names. */
async function openHanded(): Promise<void> {
  const handed = window.luminaHanded;
  window.luminaHanded = undefined;
  if (handed?.picture) return bringPicture(handed.picture);
  if (!handed?.text) return;
  await Promise.all((handed.pictures ?? []).map(send));
  await openText(handed.text, "Your settings");
}

window.LuminaCanvas = { mount };
