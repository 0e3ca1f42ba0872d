"""Pairs of scenes on disk, in resumable shards: by task what is given, and what to draw from it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from lumina.files import whole
from lumina.steps import Progress, Steps
from lumina.training.dataset import claim_world
from lumina.training.workers import each
from lumina.worlds.curriculum import Curriculum, PairLesson, Row, SceneLesson

SHARD = 200  # scenes in a file
SEED = 2027  # of the first task's pairs; those of the others follow


@dataclass(frozen=True)
class PairRow:
    """A pair by the places of its two scenes in a shard, and what else the world stores of it."""

    before: int
    after: int
    row: Row

    def pair(self, task: str, scenes: Sequence[SceneLesson], curriculum: Curriculum) -> PairLesson:
        """The pair itself."""
        return curriculum.read_pair(task, scenes[self.before], scenes[self.after], self.row)


@dataclass(frozen=True)
class PairShard:
    """One file of pictures in pairs, for a task."""

    task: str
    number: int

    def path(self, folder: Path) -> Path:
        return folder / f"{self.task}-{self.number:05d}.npz"


def render_pairs(
    folder: Path, shards: Mapping[str, int], curriculum: Curriculum, workers: int = 2
) -> Steps[Progress, int]:
    """Render so many shards for each task into the folder, leaving out those already there.

    Raises InputError where those there show another world.
    """
    claim_world(folder, curriculum)
    wanted = [PairShard(task, number) for task, count in shards.items() for number in range(count)]
    missing = [shard for shard in wanted if not shard.path(folder).exists()]
    write = partial(write_shard, folder=folder, curriculum=curriculum)
    yield from each(write, missing, workers, "shards of pairs")
    return len(wanted)


def write_shard(shard: PairShard, folder: Path, curriculum: Curriculum) -> None:
    """Sample and render one shard; no scene in it is held out."""
    rng = np.random.default_rng([SEED + list(curriculum.pairs).index(shard.task), shard.number])
    scenes: list[SceneLesson] = []
    links: list[Row] = []
    while len(scenes) < SHARD:
        chain = curriculum.chain(shard.task, rng)
        shown = [chain[0].before, *(pair.after for pair in chain)]
        if any(scene.is_held_out for scene in shown):
            continue
        start = len(scenes)
        scenes += shown
        links += [{**p.row(), "before": start + i, "after": start + i + 1} for i, p in enumerate(chain)]
    with whole(shard.path(folder)) as part, part.open("wb") as file:
        np.savez_compressed(
            file,
            picture=np.stack([scene.picture() for scene in scenes]),
            scenes=np.array(json.dumps([scene.row() for scene in scenes])),
            links=np.array(json.dumps(links)),
        )


def read_pair_rows(file: Path) -> list[PairRow]:
    """The links between the scenes of a shard."""
    with np.load(file) as arrays:
        rows = json.loads(str(arrays["links"]))
    return [PairRow(row.pop("before"), row.pop("after"), row) for row in rows]


def pair_files(folder: Path, task: str) -> Iterator[Path]:
    """The finished shards of a task, in order."""
    yield from sorted(folder.glob(f"{task}-*.npz"))
