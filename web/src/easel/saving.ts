// What a picture is saved as besides itself, and the list of it beside the picture.

import type { Prepare } from "../messages.gen";
import { bytesOf } from "../common/bytes";
import { contactSheet } from "../common/contact_sheet";
import { arrange, made } from "../common/dom";
import { pngBlob, saveAs } from "../common/download";
import { plain, type Host } from "../common/host";
import type { Easel, EaselProps } from "./easel";
import { filmKind, recordFilm } from "./film";
import { drawnPart, type Sheet } from "./state";
import { halfOf } from "../common/halves";

const FILM = 5; // seconds

interface Way {
  label: string;
  fits(sheet: Sheet): boolean;
  save(sheet: Sheet): void | Promise<void>;
}

const isPair = (sheet: Sheet): boolean => sheet.panels === 2 && drawnPart(sheet) === 1;
const stemOf = (sheet: Sheet): string => (sheet.file || "picture.png").replace(/\.\w+$/, "");

export function listenToSaving(easel: Easel, { props, trigger, watch }: Host<EaselProps>): void {
  const place = easel.face.find("posts");
  const say = (words: string) => easel.face.say("posted", words);
  let ticket = ""; // of the file that is awaited

  function ask(event: "prepare" | "cut_out", way: Prepare["way"], words = "") {
    return ({ png, file, rows, prompt }: Sheet) => {
      ticket = `${Date.now()}`;
      say(words);
      trigger(event, { ticket, png, file, way, rows: rows || 1, prompt } satisfies Prepare);
    };
  }

  async function saveHalf(sheet: Sheet, part: "upper" | "lower"): Promise<void> {
    const png = await halfOf(sheet.png, part);
    saveAs(pngBlob(bytesOf(png)), `${stemOf(sheet)}-${part === "upper" ? "picture" : sheet.kind}.png`);
  }

  async function saveAll(sheet: Sheet): Promise<void> {
    const wordsOf = ({ seed, score }: Sheet) => [`seed ${seed}`, score == null ? "" : `score ${score.toFixed(3)}`].filter(Boolean).join(" · ");
    const shown = easel.family(sheet.key).filter(({ png }) => png).map((each) => ({ png: each.png, words: wordsOf(each) }));
    saveAs(await contactSheet(shown), `${stemOf(sheet)}-sheet.png`);
  }

  async function record(sheet: Sheet): Promise<void> {
    say(`The film is being recorded, which takes as long as it: ${FILM} s.`);
    const film = await recordFilm(sheet, FILM).catch(() => null);
    say(film ? "" : "This browser could not record the film; save it as GIF.");
    if (film) saveAs(film, `${stemOf(sheet)}-film.${filmKind().slice(6)}`);
  }

  const hasSize = ({ width, height }: Sheet) => plain(props.cuts ?? []).some(([w, h]) => w === width && h === height);
  const hasRows = (sheet: Sheet) => Boolean(sheet.codes) && sheet.drawn > 1;
  const isCut = (sheet: Sheet) => isPair(sheet) && sheet.kind === "segmentation" && Boolean(props.cuts?.length);
  const hasOthers = ({ key }: Sheet) => easel.family(key).filter(({ png }) => png).length > 1;
  const ways: Way[] = [
    { label: "2× larger (Lanczos)", fits: () => true, save: ask("prepare", "2x") },
    { label: "4× larger (Lanczos)", fits: () => true, save: ask("prepare", "4x") },
    { label: "Picture alone", fits: isPair, save: (sheet) => saveHalf(sheet, "upper") },
    { label: "Map alone", fits: isPair, save: (sheet) => saveHalf(sheet, "lower") },
    { label: "All of this drawing on one sheet", fits: hasOthers, save: saveAll },
    { label: "Cut-out, transparent", fits: isCut, save: ask("prepare", "cut-out") },
    {
      label: "Cut-out, transparent",
      fits: (sheet) => sheet.panels === 1 && sheet.kind === "picture" && drawnPart(sheet) === 1 && hasSize(sheet),
      save: ask("cut_out", "cut-out", "The model draws what is to be cut out…"),
    },
    { label: "Film, GIF", fits: hasRows, save: ask("prepare", "film", "The film is being made…") },
    { label: `Film, ${filmKind() === "video/mp4" ? "MP4" : "WebM"}`, fits: (sheet) => hasRows(sheet) && filmKind() !== "", save: record },
  ];
  const buttons = ways.map((way) => {
    const button = made("button", "easel-button", way.label, { type: "button" });
    button.addEventListener("click", () => easel.current && void way.save(easel.current));
    return { way, button };
  });
  easel.showPosts = (sheet) => {
    arrange(place, buttons.filter(({ way }) => sheet && way.fits(sheet)).map(({ button }) => button));
    if (easel.isActive) say("");
  };
  watch("saved", () => {
    const { ticket: of, message, file, kind, content } = plain(props.saved ?? {});
    if (!of || of !== ticket) return;
    ticket = "";
    say(message ?? "");
    if (content && file) saveAs(new Blob([bytesOf(content)], { type: kind ?? "" }), file);
  });
}
