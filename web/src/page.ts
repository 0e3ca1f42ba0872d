// The page's own script: what Gradio's components call when they are put in, and what the page does by itself.

import { mountEasel } from "./easel/mount";
import { mountGallery } from "./gallery/gallery";
import { mountUnknownWords } from "./unknown_words/unknown_words";
import { announceLinked } from "./common/sharing";
import { watchAnswers } from "./common/proxy";
import { watchReach } from "./common/reach";
import { visitor } from "./common/visitor";
import { fetchCanvas, mountCanvas, openLinked } from "./studio/canvas";
import { offerClipboard } from "./studio/clipboard";
import { differing, filled, keptSeed, presetOf, seedNote } from "./studio/forms";
import { tellAbsence } from "./studio/head";
import { reopened } from "./studio/moving";
import { groupRadios } from "./studio/radios";
import { followAddress, tabShown, wantedTab } from "./studio/tabs";
import { keepTheme, nameButtons } from "./studio/theme";
import { mountImageField } from "./image_field/image_field";

/** By these names Python's scripts of one line find them (lumina/ui/scripts.py). */
const lumina = {
  canvas: mountCanvas,
  easel: mountEasel,
  gallery: mountGallery,
  unknown_words: mountUnknownWords,
  image_field: mountImageField,
  visitor,
  differing,
  filled,
  keptSeed,
  seedNote,
  presetOf,
  reopened,
  wantedTab,
  tabShown,
};

declare global {
  interface Window {
    lumina: typeof lumina;
  }
}

window.lumina = lumina;
watchAnswers();
watchReach();
tellAbsence();
offerClipboard();
keepTheme();
groupRadios();
nameButtons();
announceLinked();
openLinked();
followAddress();
fetchCanvas();
