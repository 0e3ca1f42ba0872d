"""The stages of the published training, as data: small pictures first, then larger ones."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from lumina.errors import InputError

STAGES_FILE = "stages.json"


@dataclass(frozen=True)
class Stage:
    """Pictures of about ``pixels`` × ``pixels``: how many, how many of them at a step, the learning rate."""

    pixels: int
    samples: int
    batch: int
    rate: float

    @property
    def steps(self) -> int:
        """Steps of the whole stage."""
        return -(-self.samples // self.batch)


# Samples and rates as published; batches lie between 512 and 1,024 there.
STAGES = (
    Stage(256, 50_000_000, 1024, 2e-4),
    Stage(512, 19_000_000, 512, 2e-5),
    Stage(768, 8_000_000, 512, 2e-5),
)


def read_stages(data: Path) -> tuple[Stage, ...]:
    """Those of ``stages.json`` in a folder of shards, or the published ones that there are shards of.

    Raises InputError if there are none, or what the file says cannot be.
    """
    if not data.is_dir():
        raise InputError(f"There is no folder {data}; write shards into it with `lumina train shards`.")
    file = data / STAGES_FILE
    if file.exists():
        return _read(file)
    found = tuple(stage for stage in STAGES if (data / str(stage.pixels)).is_dir())
    if not found:
        folders = ", ".join(str(stage.pixels) for stage in STAGES)
        raise InputError(
            f"{data} holds no shards of tokens (folders {folders}); write them with `lumina train shards`."
        )
    return found


def _read(file: Path) -> tuple[Stage, ...]:
    try:
        rows: Any = json.loads(file.read_text(encoding="utf-8"))
        stages = tuple(Stage(**row) for row in rows)
    except (OSError, ValueError, TypeError) as error:
        names = ", ".join(field.name for field in fields(Stage))
        raise InputError(f"{file} must be a list of objects with {names} each.") from error
    check_stages(stages, file.name)
    return stages


def check_stages(stages: Sequence[Stage], place: str) -> None:
    """Raises InputError, which begins with ``place``, for a number that cannot be."""
    for stage in stages:
        numbers = (stage.pixels, stage.samples, stage.batch)
        if any(type(number) is not int or number < 1 for number in numbers) or not 0 < stage.rate < 1:
            raise InputError(
                f"{place}: a stage needs whole numbers above 0 and a rate between 0 and 1, not {stage}."
            )
    if not stages:
        raise InputError(f"{place} lists no stage; leave the file out for the published ones.")


def stage_at(stages: Sequence[Stage], step: int) -> tuple[Stage, int]:
    """The stage that a step belongs to, and its number within it; beyond the end the last stage goes on."""
    for stage in stages[:-1]:
        if step < stage.steps:
            return stage, step
        step -= stage.steps
    return stages[-1], step
