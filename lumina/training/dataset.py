"""Rendered scenes on disk, in resumable shards: what both trainings read."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lumina.errors import InputError
from lumina.files import whole
from lumina.steps import Progress, Steps
from lumina.training.workers import each
from lumina.worlds.curriculum import Curriculum, Frame, SceneLesson

SHARD = 200  # scenes in a file
MAPPED = 120  # the first files hold the maps too; the others are plain pictures for text to image
WORLD = "world.sha256"  # in a folder of shards: which world they show
Pictures = NDArray[np.uint8]


@dataclass(frozen=True)
class Shard:
    """One file of scenes of the same frame; some of the first ones are of varied scenes."""

    number: int

    def frame(self, frames: Sequence[Frame]) -> Frame:
        """Of ten shards seven have the first of the frames, the others the rest in turn."""
        others = frames[1:] or frames
        turn = {2: 0, 5: 1, 7: self.number // 10 % 2}.get(self.number % 10)
        return frames[0] if turn is None else others[turn % len(others)]

    def is_varied(self, curriculum: Curriculum) -> bool:
        """Whether the scenes show all that the tokenizer has to know: one of so many of the first files, or
        of all where they are drawn from words, too."""
        every = curriculum.varied_every
        return self.number % every == every - 1 and (self.mapped or curriculum.varied_drawn)

    @property
    def mapped(self) -> bool:
        """Whether the file holds maps beside the pictures."""
        return self.number < MAPPED

    def path(self, folder: Path) -> Path:
        return folder / f"scenes-{self.number:05d}.npz"


def render_scenes(
    folder: Path, shards: int, curriculum: Curriculum, workers: int = 2
) -> Steps[Progress, int]:
    """Render shards 0 … shards-1 into the folder, leaving out those already there; returns their number.

    Raises InputError where those there show another world.
    """
    claim_world(folder, curriculum)
    missing = [n for n in range(shards) if not Shard(n).path(folder).exists()]
    yield from each(partial(write_shard, folder=folder, curriculum=curriculum), missing, workers, "shards")
    return shards


def claim_world(folder: Path, curriculum: Curriculum) -> None:
    """Note in a folder of shards which world they show; raises InputError where it is another one."""
    folder.mkdir(parents=True, exist_ok=True)
    note = folder / WORLD
    is_older = not note.exists() and any(folder.glob("*.npz"))  # than this note
    if is_older or (note.exists() and note.read_text() != curriculum.edition):
        raise InputError(f"{folder} holds scenes of another {curriculum.name} world; choose another folder.")
    note.write_text(curriculum.edition)


def write_shard(number: int, folder: Path, curriculum: Curriculum) -> None:
    """Sample and render one shard; no scene in it is held out."""
    shard = Shard(number)
    rng = np.random.default_rng([2026, number])
    scenes: list[SceneLesson] = []
    images: dict[str, list[Pictures]] = {}
    while len(scenes) < SHARD:
        frame = shard.frame(list(curriculum.frames))
        scene = curriculum.scene(rng, frame, varied=shard.is_varied(curriculum))
        if scene.is_held_out:
            continue
        scenes.append(scene)
        for kind, image in (scene.images() if shard.mapped else {"picture": scene.picture()}).items():
            images.setdefault(kind, []).append(image)
    text = json.dumps([scene.row() for scene in scenes])
    with whole(shard.path(folder)) as part, part.open("wb") as file:
        arrays: dict[str, Any] = {kind: np.stack(group) for kind, group in images.items()}
        np.savez_compressed(file, scenes=np.array(text), **arrays)


def read_scenes(file: Path, curriculum: Curriculum) -> list[SceneLesson]:
    """The scenes of a shard."""
    with np.load(file) as arrays:
        return [curriculum.read_scene(row) for row in json.loads(str(arrays["scenes"]))]


def read_pictures(file: Path, kind: str) -> Pictures:
    """All images of one kind in a shard, [scenes, height, width, 3]."""
    with np.load(file) as arrays:
        return np.asarray(arrays[kind])


def stored_kinds(file: Path) -> list[str]:
    """What images a shard holds."""
    with np.load(file) as arrays:
        return [name for name in arrays.files if name != "scenes"]


def shard_files(folder: Path) -> Iterator[Path]:
    """The finished shards of a folder, in order."""
    yield from sorted(folder.glob("scenes-*.npz"))
