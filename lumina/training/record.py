"""A training run on disk: its log, its curves as a picture, and a checkpoint to resume from."""

import json
import time
from pathlib import Path
from typing import Any

import torch
from PIL import Image, ImageDraw

from lumina.files import whole

SAVE_EVERY = 600.0  # seconds; however slow a machine is, it loses no more than these
CURVE_SIZE = (900, 360)
COLORS = (
    (66, 99, 235),
    (230, 119, 0),
    (47, 158, 68),
    (201, 42, 42),
    (112, 72, 232),
    (12, 133, 153),
    (134, 142, 150),
)


class Record:
    """One folder per run; everything in it can be rebuilt or continued."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._log = folder / "log.jsonl"
        self._saved = time.monotonic()

    def append(self, step: int, **values: float) -> None:
        """Add one line of figures to the log."""
        line = {"step": step, "time": round(time.time(), 1), **{k: round(v, 5) for k, v in values.items()}}
        with self._log.open("a") as file:
            file.write(json.dumps(line) + "\n")

    def rows(self) -> list[dict[str, float]]:
        """All logged lines."""
        if not self._log.exists():
            return []
        return [json.loads(line) for line in self._log.read_text().splitlines()]

    def save(self, state: dict[str, Any]) -> None:
        """Replace the checkpoint in one step, so that a crash leaves the old one."""
        with whole(self.folder / "checkpoint.pt") as part:
            torch.save(state, part)
        self._saved = time.monotonic()

    @property
    def due(self) -> bool:
        """Whether the last checkpoint is so old that it is time for another."""
        return time.monotonic() - self._saved >= SAVE_EVERY

    def resume(self) -> dict[str, Any] | None:
        """The checkpoint to go on from, if there is one."""
        file = self.folder / "checkpoint.pt"
        if not file.exists():
            return None
        state: dict[str, Any] = torch.load(file, map_location="cpu", weights_only=True)
        return state

    def draw_curves(self, *names: str) -> None:
        """Write `curves.png`: each named figure over the steps, scaled to its own range."""
        width, height = CURVE_SIZE
        picture = Image.new("RGB", CURVE_SIZE, "white")
        pen = ImageDraw.Draw(picture)
        rows = self.rows()
        last = max((row["step"] for row in rows), default=0)
        for i, (name, color) in enumerate(zip(names, COLORS[: len(names)], strict=True)):
            points = [(row["step"], row[name]) for row in rows if name in row]
            if len(points) < 2:
                continue
            low, high = min(v for _, v in points), max(v for _, v in points)
            line = [
                (50 + s / last * (width - 70), height - 30 - (v - low) / ((high - low) or 1) * (height - 60))
                for s, v in points
            ]
            pen.line(line, fill=color, width=2)
            pen.text((60 + i % 4 * 205, 8 + i // 4 * 14), f"{name} {low:.3f} to {high:.3f}", fill=color)
        pen.text((width - 140, height - 18), f"steps, last {int(last)}", fill="black")
        picture.save(self.folder / "curves.png")


def learning_rate(
    elapsed: float, budget: float, peak: float, warmup: float = 0.02, decay: float = 0.6
) -> float:
    """Linear warm-up from a tenth of the peak, plateau, linear decay to zero over the last share `decay`.

    `elapsed` and `budget` share any unit (here: seconds of training); a run of given length ends cooled, and
    its first step learns something, however long it takes.
    """
    share = min(elapsed / budget, 1.0)
    if share < warmup:
        return peak * (0.1 + 0.9 * share / warmup)
    return peak * min(1.0, (1 - share) / decay)
