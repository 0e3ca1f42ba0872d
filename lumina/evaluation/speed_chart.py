"""A chart of the speed benchmark: bars side by side, one panel for each question."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont
from pydantic import JsonValue

from lumina.json_types import JsonObject

WIDTH, ROW, LABEL, TITLE, GAP, TALL = 900, 24, 290, 34, 18, 110  # pixels
WINDOW = 16  # upright bars beside each other at least, so that panels compare
INK, PAPER, BAR, FAINT = (33, 37, 41), (255, 255, 255), (76, 110, 245), (222, 226, 230)


@dataclass(frozen=True)
class Panel:
    """Bars of one unit, longer for more; ``upright`` ones stand side by side."""

    title: str
    bars: Sequence[tuple[str, float]]
    upright: bool = False

    @property
    def height(self) -> int:
        """In pixels."""
        return TITLE + (TALL + ROW if self.upright else ROW * len(self.bars)) + GAP


def chart(found: JsonObject) -> Image.Image:
    """The figures that compare something, as far as they were measured."""
    panels = [panel for panel in _panels(found) if panel.bars]
    picture = Image.new("RGB", (WIDTH, GAP + sum(panel.height for panel in panels)), PAPER)
    pencil, top = ImageDraw.Draw(picture), GAP
    for panel in panels:
        pencil.text((GAP, top), panel.title, INK, ImageFont.load_default(16))
        (_draw_upright if panel.upright else _draw)(pencil, panel, top + TITLE)
        top += panel.height
    return picture


def _panels(found: JsonObject) -> Iterator[Panel]:
    yield Panel("Seconds a picture, by window", _bars(found.get("windows"), "seconds_per_picture"))
    yield Panel("Codes a forward, by window", _bars(found.get("windows"), "tokens_per_forward"))
    for name, one in _rows(found.get("contest")).items():
        bars = [*_bars(one.get("ways"), "ms_per_token")]
        bars += [(f"generate: {way}", pace) for way, pace in _bars(one.get("transformers"), "ms_per_token")]
        yield Panel(f"Milliseconds a token, {name} weights", bars)
    yield Panel("Seconds a picture, by precision", _bars(found.get("precisions"), "seconds_per_picture"))
    yield Panel("Pictures a second, by how many are asked for at once", _together(found.get("throughput")))
    yield Panel("Seconds from the command on, by threads", _bars(found.get("start"), "seconds"))
    yield Panel("Codes a forward, by task", _bars(found.get("settled"), "tokens_per_forward"))
    for task, one in _rows(found.get("settled")).items():
        title = f"Forwards by how many codes they settled, {task}".replace("_", " ")
        yield Panel(title, _histogram(one), upright=True)


def _together(value: JsonValue) -> list[tuple[str, float]]:
    return [
        (f"{count} in {way}", pace)
        for count, both in _rows(value).items()
        for way, pace in _bars(both, "pictures_per_second")
    ]


def _histogram(one: Mapping[str, JsonValue]) -> list[tuple[str, float]]:
    counts = one.get("histogram")
    pairs = counts.items() if isinstance(counts, dict) else ()
    return [(size, float(count)) for size, count in pairs if isinstance(count, int)]


def _rows(value: JsonValue) -> dict[str, JsonObject]:
    """The objects in an object, by name."""
    return (
        {name: row for name, row in value.items() if isinstance(row, dict)} if isinstance(value, dict) else {}
    )


def _bars(value: JsonValue, figure: str) -> list[tuple[str, float]]:
    """One figure of each row that has it."""
    found = [(name, row.get(figure)) for name, row in _rows(value).items()]
    return [(name.replace("_", " "), float(each)) for name, each in found if isinstance(each, int | float)]


def _draw(pencil: ImageDraw.ImageDraw, panel: Panel, top: int) -> None:
    font, room = ImageFont.load_default(13), WIDTH - LABEL - 100
    most = max(value for _, value in panel.bars) or 1.0
    for index, (name, value) in enumerate(panel.bars):
        y = top + ROW * index
        pencil.text((GAP, y), name, INK, font)
        pencil.rectangle((LABEL, y + 1, LABEL + room, y + ROW - 7), FAINT)
        pencil.rectangle((LABEL, y + 1, LABEL + round(room * value / most), y + ROW - 7), BAR)
        pencil.text((LABEL + room + 8, y), f"{value:.4g}", INK, font)


def _draw_upright(pencil: ImageDraw.ImageDraw, panel: Panel, top: int) -> None:
    font, wide = ImageFont.load_default(13), (WIDTH - 2 * GAP) // max(len(panel.bars), WINDOW)
    most = max(value for _, value in panel.bars) or 1.0
    for index, (name, value) in enumerate(panel.bars):
        x, high = GAP + wide * index, round((TALL - ROW) * value / most)
        pencil.rectangle((x, top + TALL - high, x + wide - 6, top + TALL), BAR)
        pencil.text((x, top + TALL - high - 17), f"{value:.0f}", INK, font)
        pencil.text((x, top + TALL + 3), name, INK, font)
