"""Writes what the benchmark of a task found: a table with targets, the same as JSON, and a contact sheet."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from lumina.evaluation.outcomes import Outcome
from lumina.evaluation.report import INK, PAPER, mark, wrapped
from lumina.evaluation.targets import target_of

ACROSS = 3  # cases in a row of the sheet
CELL = 128  # pixels
GAP, TEXT = 6, 30  # pixels between cases, and for the words below each

SETTINGS = ("guidance_scale", "temperature", "top_k", "top_p", "window", "dtype", "seed", "model")


def write_task_report(
    out: Path, name: str, rows: Mapping[str, Mapping[str, Any]], outcomes: Sequence[Outcome]
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
                "row": outcome.row,
                "asked": outcome.caption,
                "pictures": files,
                **{key: _plain(value) for key, value in outcome.values.items()},
                "reasons": list(outcome.reasons),
            }
        )
    text = json.dumps({"rows": rows, "cases": listed}, indent=1, ensure_ascii=False)
    (out / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    (out / f"{name}.md").write_text(task_table(rows), encoding="utf-8")
    task_sheet(outcomes).save(out / f"{name}.png")


def _plain(value: float | bool) -> float | bool:
    return value if isinstance(value, bool) else round(float(value), 4)


def task_table(rows: Mapping[str, Mapping[str, Any]]) -> str:
    """All figures with intervals, targets and the paper's figures as a markdown table, and the settings."""
    lines = [
        "| row | figure | value | 95 % interval | target | | paper, other world | cases |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row, found in rows.items():
        for figure, bounds in found["intervals_95"].items():
            interval = f"{bounds[0]:.4g} to {bounds[1]:.4g}" if bounds else ""
            target = target_of(row, figure)
            verdict = "" if target is None else "met" if target.met(found[figure]) else "missed"
            bound, paper = (str(target), target.paper) if target else ("", "")
            lines.append(
                f"| {row} | {figure} | {found[figure]:.4g} | {interval} | {bound} | {verdict} "
                f"| {paper} | {found['cases']} |"
            )
    first = next(iter(rows.values()), {})
    settings = [f"{key} {first[key]}" for key in SETTINGS if key in first]
    lines += ["", ", ".join(settings) + ".", "The paper's figures are for photographs and not comparable."]
    return "\n".join(lines) + "\n"


def task_sheet(outcomes: Sequence[Outcome]) -> Image.Image:
    """Every case with its pictures side by side, a tick or a cross where it can be right or wrong."""
    shown = max(len(outcome.images) for outcome in outcomes)
    width, height = shown * CELL + GAP, CELL + TEXT + GAP
    rows = -(-len(outcomes) // ACROSS)
    sheet = Image.new("RGB", (ACROSS * width, rows * height), PAPER)
    pen = ImageDraw.Draw(sheet)
    for i, outcome in enumerate(outcomes):
        left, top = i % ACROSS * width + GAP // 2, i // ACROSS * height + GAP // 2
        for j, picture in enumerate(outcome.images):
            image = Image.fromarray(picture)
            image.thumbnail((CELL, CELL))
            sheet.paste(image, (left + j * CELL, top))
        if outcome.passed is not None:
            mark(pen, left, top, outcome.passed)
        words = wrapped(_words(outcome), width=shown * CELL // 7)
        pen.multiline_text((left, top + CELL + 2), words, fill=INK, spacing=1)
    return sheet


def _words(outcome: Outcome) -> str:
    """What was asked for, and its figures."""
    numbers = [
        f"{name} {value:.3g}"
        for name, value in outcome.values.items()
        if not isinstance(value, bool) and not name.endswith("_of_truth")
    ]
    return " · ".join([outcome.caption, *numbers])
