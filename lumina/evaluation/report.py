"""The report of a benchmark: a table with thresholds, the same as JSON, and a contact sheet."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from lumina.evaluation.measuring import Outcome
from lumina.worlds.benchmark import Threshold, Verdict

ACROSS, SHEET = 3, 1300  # cases in a row of the sheet at least, and its width in pixels for small ones
CELL = 128  # pixels
GAP, TEXT = 6, 30  # pixels between cases, and for the words below each
GOOD, BAD, INK, PAPER = (47, 158, 68), (224, 49, 49), (33, 37, 41), (255, 255, 255)

SETTINGS = ("guidance_scale", "temperature", "top_k", "top_p", "window", "dtype", "seed", "model")


def write_report(
    out: Path,
    name: str,
    rows: Mapping[str, Mapping[str, Any]],
    outcomes: Sequence[Outcome],
    thresholds: Mapping[str, Sequence[Threshold]],
) -> None:
    """Write `name`.md, .json and .png, and every drawn picture in a folder `name`, into `out`."""
    folder = out / name
    folder.mkdir(parents=True, exist_ok=True)
    listed = []
    for i, outcome in enumerate(outcomes):
        files = []
        for turn, drawn in enumerate(outcome.drawn):
            for output, picture in drawn.pictures.items():
                file = f"{i:04d}-{turn}-{output}.png"
                picture.image.save(folder / file)
                files.append(f"{name}/{file}")
        listed.append(
            {
                "row": outcome.verdict.row,
                "asked": outcome.verdict.caption,
                "pictures": files,
                **{key: _plain(value) for key, value in outcome.verdict.values.items()},
                "reasons": list(outcome.verdict.reasons),
            }
        )
    text = json.dumps({"rows": rows, "cases": listed}, indent=1, ensure_ascii=False)
    (out / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    (out / f"{name}.md").write_text(table(rows, thresholds), encoding="utf-8")
    contact_sheet([outcome.verdict for outcome in outcomes]).save(out / f"{name}.png")


def _plain(value: float | bool) -> float | bool:
    return value if isinstance(value, bool) else round(float(value), 4)


def table(rows: Mapping[str, Mapping[str, Any]], thresholds: Mapping[str, Sequence[Threshold]]) -> str:
    """The figures with intervals, thresholds and the paper's as a markdown table, and the settings."""
    lines = [
        "| row | figure | value | 95 % interval | threshold | | paper, other world | cases |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row, found in rows.items():
        for figure, bounds in found["intervals_95"].items():
            interval = f"{bounds[0]:.4g} to {bounds[1]:.4g}" if bounds else ""
            threshold = next((one for one in thresholds.get(row, ()) if one.figure == figure), None)
            verdict = "" if threshold is None else "met" if threshold.met(found[figure]) else "missed"
            bound, paper = (str(threshold), threshold.paper) if threshold else ("", "")
            lines.append(
                f"| {row} | {figure} | {found[figure]:.4g} | {interval} | {bound} | {verdict} "
                f"| {paper} | {found['cases']} |"
            )
    first = next(iter(rows.values()), {})
    settings = [f"{key} {first[key]}" for key in SETTINGS if key in first]
    lines += ["", ", ".join(settings) + ".", "The paper's figures are for photographs and not comparable."]
    return "\n".join(lines) + "\n"


def contact_sheet(verdicts: Sequence[Verdict]) -> Image.Image:
    """Every case with its images side by side, a tick or a cross where it can be right or wrong."""
    shown = max(len(verdict.images) for verdict in verdicts)
    width, height = shown * CELL + GAP, CELL + TEXT + GAP
    across = max(ACROSS, SHEET // width)
    rows = -(-len(verdicts) // across)
    sheet = Image.new("RGB", (across * width, rows * height), PAPER)
    pen = ImageDraw.Draw(sheet)
    for i, verdict in enumerate(verdicts):
        left, top = i % across * width + GAP // 2, i // across * height + GAP // 2
        for j, picture in enumerate(verdict.images):
            image = Image.fromarray(picture)
            image.thumbnail((CELL, CELL))
            sheet.paste(image, (left + j * CELL, top))
        if verdict.passed is not None:
            mark(pen, left, top, verdict.passed)
        words = wrapped(_words(verdict), width=max(shown * CELL // 7, 22))
        pen.multiline_text((left, top + CELL + 2), words, fill=INK, spacing=1)
    return sheet


def _words(verdict: Verdict) -> str:
    """What was asked for, and its figures."""
    numbers = [
        f"{name} {value:.3g}"
        for name, value in verdict.values.items()
        if not isinstance(value, bool) and not name.endswith("_of_truth")
    ]
    return " · ".join([verdict.caption, *numbers])


def mark(pen: ImageDraw.ImageDraw, left: int, top: int, passed: bool) -> None:
    """A tick or a cross on a disc, so that it shows without colour too."""
    pen.ellipse((left, top, left + 18, top + 18), fill=GOOD if passed else BAD, outline=PAPER)
    if passed:
        pen.line([(left + 5, top + 9), (left + 8, top + 13), (left + 14, top + 5)], fill=PAPER, width=2)
    else:
        pen.line([(left + 5, top + 5), (left + 13, top + 13)], fill=PAPER, width=2)
        pen.line([(left + 13, top + 5), (left + 5, top + 13)], fill=PAPER, width=2)


def wrapped(text: str, width: int) -> str:
    """At most two lines."""
    if len(text) <= width:
        return text
    cut = text.rfind(" ", 0, width + 1)
    return f"{text[:cut]}\n{text[cut + 1 :][:width]}"
