"""Writes what a benchmark found: a table to read, the same for programs, and a sheet of all pictures."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from PIL import Image, ImageDraw

from lumina.evaluation.prompts import CATEGORIES, Prompt

COLUMNS = 10
CELL = 160  # pixels; frames are at most this wide and high
TEXT = 30  # pixels below each picture
GOOD, BAD, INK, PAPER = (47, 158, 68), (224, 49, 49), (33, 37, 41), (255, 255, 255)
NAMES = {
    "overall": "**overall**", "single_object": "single object", "two_objects": "two objects",
    "counting": "counting", "colors": "colours", "position": "position",
    "color_attribution": "colour attribution",
}  # fmt: skip


class Shown(Protocol):
    """A judged picture, as a report shows it."""

    @property
    def prompt(self) -> Prompt:
        """What was asked for."""

    @property
    def image(self) -> Image.Image:
        """What was drawn."""

    @property
    def accepted(self) -> bool:
        """Whether the judge accepted it."""

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why not."""


def write_report(out: Path, name: str, scores: Mapping[str, Any], judged: Sequence[Shown]) -> None:
    """Write `name`.md, .json and .png, and the single pictures in a folder `name`, into `out`."""
    folder = out / name
    folder.mkdir(parents=True, exist_ok=True)
    for i, one in enumerate(judged):
        one.image.save(folder / f"{i:03d}.png")
    rows = [
        {
            "picture": f"{name}/{i:03d}.png",
            "category": one.prompt.category,
            "prompt": one.prompt.text,
            "seed": one.prompt.seed,
            "accepted": one.accepted,
            "reasons": list(one.reasons),
        }
        for i, one in enumerate(judged)
    ]
    text = json.dumps({**scores, "judged": rows}, indent=1, ensure_ascii=False)
    (out / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    (out / f"{name}.md").write_text(table(scores), encoding="utf-8")
    contact_sheet(judged).save(out / f"{name}.png")


def table(scores: Mapping[str, Any]) -> str:
    """The scores as a markdown table with their intervals, and the settings they hold for."""
    lines = ["| category | score | 95 % interval |", "|---|---|---|"]
    for key in (key for key in ("overall", *CATEGORIES) if key in scores):
        low, high = scores["intervals_95"][key]
        lines.append(f"| {NAMES[key]} | {scores[key]:.3f} | {low:.3f} to {high:.3f} |")
    settings = ("guidance_scale", "temperature", "top_p", "window", "dtype", "seed", "model")
    lines += [
        "",
        ", ".join(f"{key} {scores[key]}" for key in settings) + ".",
        f"{scores['tokens_per_forward']} codes per forward pass, "
        f"{scores['seconds_per_picture']} s per picture.",
    ]
    return "\n".join(lines) + "\n"


def contact_sheet(judged: Sequence[Shown]) -> Image.Image:
    """All pictures in rows, each with its prompt and a tick or a cross."""
    rows = -(-len(judged) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * (CELL + 8), rows * (CELL + TEXT + 8)), PAPER)
    pen = ImageDraw.Draw(sheet)
    for i, one in enumerate(judged):
        left, top = i % COLUMNS * (CELL + 8) + 4, i // COLUMNS * (CELL + TEXT + 8) + 4
        picture = one.image.convert("RGB")
        sheet.paste(picture, (left + (CELL - picture.width) // 2, top + (CELL - picture.height) // 2))
        mark(pen, left, top, one.accepted)
        pen.multiline_text((left, top + CELL + 2), wrapped(one.prompt.text), fill=INK, spacing=1)
    return sheet


def mark(pen: ImageDraw.ImageDraw, left: int, top: int, accepted: bool) -> None:
    """A tick or a cross on a disc, so that it shows without colour too."""
    pen.ellipse((left, top, left + 18, top + 18), fill=GOOD if accepted else BAD, outline=PAPER)
    if accepted:
        pen.line([(left + 5, top + 9), (left + 8, top + 13), (left + 14, top + 5)], fill=PAPER, width=2)
    else:
        pen.line([(left + 5, top + 5), (left + 13, top + 13)], fill=PAPER, width=2)
        pen.line([(left + 13, top + 5), (left + 5, top + 13)], fill=PAPER, width=2)


def wrapped(text: str, width: int = 26) -> str:
    """At most two lines."""
    if len(text) <= width:
        return text
    cut = text.rfind(" ", 0, width + 1)
    return f"{text[:cut]}\n{text[cut + 1 :][:width]}"
