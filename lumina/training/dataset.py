"""Rendered scenes on disk, in resumable shards: what both trainings read."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lumina.errors import InputError
from lumina.files import whole
from lumina.steps import Progress, Steps
from lumina.training.workers import each
from lumina.worlds.tabletop.maps import map_pictures
from lumina.worlds.tabletop.render import render
from lumina.worlds.tabletop.scenes import FRAMES, Scene, Solid, is_held_out, sample_scene

SHARD = 200  # scenes in a file
MAPPED = 120  # the first files hold the maps too; the others are plain pictures for text to image
WORLD = "world.sha256"  # in a folder of shards: which world they show
KINDS = ("picture", "depth", "normal", "segmentation", "canny")
Pictures = NDArray[np.uint8]


@dataclass(frozen=True)
class Shard:
    """One file of scenes of the same frame; of the first ones every fifth has patterned solids."""

    number: int

    @property
    def frame(self) -> tuple[int, int]:
        """(width, height) in pixels: of ten shards seven are square, the others wide or tall in turn."""
        upright = self.number // 10 % 2
        return {2: FRAMES[1], 5: FRAMES[2], 7: FRAMES[1 + upright]}.get(self.number % 10, FRAMES[0])

    @property
    def patterned(self) -> bool:
        return self.number % 5 == 4 and self.mapped

    @property
    def mapped(self) -> bool:
        """Whether the file holds maps beside the pictures."""
        return self.number < MAPPED

    def path(self, folder: Path) -> Path:
        return folder / f"scenes-{self.number:05d}.npz"


def render_scenes(folder: Path, shards: int, workers: int = 2) -> Steps[Progress, int]:
    """Render shards 0 … shards-1 into the folder, leaving out those already there; returns their number.

    Raises InputError where those there show another world.
    """
    claim_world(folder)
    missing = [n for n in range(shards) if not Shard(n).path(folder).exists()]
    yield from each(partial(_write_shard, folder=folder), missing, workers, "shards")
    return shards


def claim_world(folder: Path) -> None:
    """Note in a folder of shards which world they show; raises InputError where it is another one."""
    folder.mkdir(parents=True, exist_ok=True)
    samples = [sample_scene(np.random.default_rng(seed)) for seed in range(20)]
    world, note = hashlib.sha256(repr(samples).encode()).hexdigest(), folder / WORLD
    is_older = not note.exists() and any(folder.glob("*.npz"))  # than this note
    if is_older or (note.exists() and note.read_text() != world):
        raise InputError(f"{folder} holds scenes of another tabletop world; choose another folder.")
    note.write_text(world)


def _write_shard(number: int, folder: Path) -> None:
    shard = Shard(number)
    rng = np.random.default_rng([2026, number])
    scenes: list[Scene] = []
    pictures: dict[str, list[Pictures]] = {kind: [] for kind in KINDS}
    while len(scenes) < SHARD:
        scene = sample_scene(rng, shard.frame, patterns=shard.patterned)
        if is_held_out(scene):
            continue
        rendering = render(scene)
        scenes.append(scene)
        maps = map_pictures(rendering) if shard.mapped else {}
        for kind, picture in {"picture": rendering.picture, **maps}.items():
            pictures[kind].append(picture)
    target = shard.path(folder)
    text = json.dumps([asdict(scene) for scene in scenes])
    with whole(target) as part, part.open("wb") as file:
        arrays: dict[str, Any] = {kind: np.stack(group) for kind, group in pictures.items() if group}
        np.savez_compressed(file, scenes=np.array(text), **arrays)


def read_scenes(file: Path) -> list[Scene]:
    """The scene descriptions of a shard."""
    with np.load(file) as arrays:
        rows = json.loads(str(arrays["scenes"]))
    return [scene_of(row) for row in rows]


def scene_of(row: dict[str, object]) -> Scene:
    """A scene from its dictionary form (`dataclasses.asdict`)."""
    solids = tuple(Solid(**solid) for solid in row["solids"])  # type: ignore[attr-defined]
    return Scene(solids, str(row["ground"]), str(row["light"]), int(row["width"]), int(row["height"]))  # type: ignore[call-overload]


def read_pictures(file: Path, kind: str) -> Pictures:
    """All pictures of one kind in a shard, [scenes, height, width, 3]."""
    with np.load(file) as arrays:
        return np.asarray(arrays[kind])


def shard_files(folder: Path) -> Iterator[Path]:
    """The finished shards of a folder, in order."""
    yield from sorted(folder.glob("scenes-*.npz"))
