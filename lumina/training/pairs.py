"""Pairs of scenes on disk, in resumable shards: edits in chains, and subjects with their new scenes."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np

from lumina.files import whole
from lumina.steps import Progress, Steps
from lumina.training.dataset import claim_world, scene_of
from lumina.training.workers import each
from lumina.worlds.tabletop.edits import OPERATIONS, Edit, sample_edit
from lumina.worlds.tabletop.instructing import instruct
from lumina.worlds.tabletop.render import render
from lumina.worlds.tabletop.scenes import FRAMES, Scene, is_held_out, sample_scene
from lumina.worlds.tabletop.subjects import sample_subject

SHARD = 200  # scenes in a file
CHAIN = 4  # scenes in a chain of edits, each one made from the one before
KINDS = ("edits", "subjects")
SEEDS = {"edits": 2027, "subjects": 2028}


@dataclass(frozen=True)
class Link:
    """An edit, or a subject's pair, by the places of its two scenes in a shard."""

    operation: str
    before: int
    after: int
    solid: int | None

    def edit(self, scenes: Sequence[Scene]) -> Edit:
        """The edit itself."""
        return Edit(self.operation, scenes[self.before], scenes[self.after], self.solid)


@dataclass(frozen=True)
class PairShard:
    """One file of square pictures in pairs."""

    kind: str
    number: int

    def path(self, folder: Path) -> Path:
        return folder / f"{self.kind}-{self.number:05d}.npz"


def render_pairs(folder: Path, shards: dict[str, int], workers: int = 2) -> Steps[Progress, int]:
    """Render so many shards of each kind into the folder, leaving out those already there.

    Raises InputError where those there show another world.
    """
    claim_world(folder)
    wanted = [PairShard(kind, number) for kind, count in shards.items() for number in range(count)]
    missing = [shard for shard in wanted if not shard.path(folder).exists()]
    yield from each(partial(write_shard, folder=folder), missing, workers, "shards of pairs")
    return len(wanted)


def write_shard(shard: PairShard, folder: Path) -> None:
    """Sample and render one shard; no scene in it is held out."""
    rng = np.random.default_rng([SEEDS[shard.kind], shard.number])
    scenes: list[Scene] = []
    links: list[Link] = []
    while len(scenes) < SHARD:
        chain = _edit_chain(rng) if shard.kind == "edits" else [sample_subject(rng)]
        shown = [chain[0].before, *(edit.after for edit in chain)]
        if any(is_held_out(scene) for scene in shown):
            continue
        start = len(scenes)
        scenes += shown
        links += [Link(e.operation, start + i, start + i + 1, e.solid) for i, e in enumerate(chain)]
    pictures = np.stack([render(scene).picture for scene in scenes])
    target = shard.path(folder)
    with whole(target) as part, part.open("wb") as file:
        np.savez_compressed(
            file,
            picture=pictures,
            scenes=np.array(json.dumps([asdict(scene) for scene in scenes])),
            links=np.array(json.dumps([asdict(link) for link in links])),
        )


def _edit_chain(rng: np.random.Generator) -> list[Edit]:
    """Three edits of different kinds in a row, each of which can be asked for in words."""
    scene = sample_scene(rng, FRAMES[0])
    chain: list[Edit] = []
    for operation in rng.permutation(OPERATIONS):
        edit = sample_edit(scene, str(operation), rng)
        if edit is not None and instruct(edit, rng) is not None:
            chain.append(edit)
            scene = edit.after
        if len(chain) == CHAIN - 1:
            break
    return chain if chain else _edit_chain(rng)


def read_pairs(file: Path) -> tuple[list[Scene], list[Link]]:
    """The scenes of a shard and the links between them."""
    with np.load(file) as arrays:
        scenes = [scene_of(row) for row in json.loads(str(arrays["scenes"]))]
        links = [Link(**row) for row in json.loads(str(arrays["links"]))]
    return scenes, links


def pair_files(folder: Path, kind: str) -> Iterator[Path]:
    """The finished shards of a kind, in order."""
    yield from sorted(folder.glob(f"{kind}-*.npz"))
