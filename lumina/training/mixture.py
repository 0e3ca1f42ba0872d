"""The mixture of tasks that the transformer learns: how much time each one gets, and from which data."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from lumina.errors import InputError
from lumina.model.text import TextTokenizer
from lumina.tasks import DRAWING_TASKS
from lumina.training.codes import (
    CodedPairs,
    CodedScenes,
    read_coded,
    read_coded_maps,
    read_coded_pairs,
)
from lumina.training.samples import Mapped, Paired, Source, Spoken
from lumina.worlds.curriculum import Curriculum, Frame

HELD_BACK = 200  # scenes or pairs at the end of each pool that only measure, at most a tenth of it

Weighted = tuple[Source, float]
Pool = TypeVar("Pool", CodedScenes, CodedPairs)


@dataclass(frozen=True)
class Pools:
    """Everything that is encoded: pictures by frame, scenes with their maps, pairs by task."""

    pictures: Mapping[Frame, CodedScenes] = field(default_factory=dict)
    maps: CodedScenes | None = None
    pairs: Mapping[str, CodedPairs] = field(default_factory=dict)

    @classmethod
    def read(cls, data: Path, coded: Path, curriculum: Curriculum, tasks: Iterable[str]) -> "Pools":
        """What these tasks need of the codes in a folder."""
        wanted = set(tasks)
        pairs = {
            task: read_coded_pairs(data, coded, task, curriculum)
            for task in curriculum.pairs
            if task in wanted
        }
        return cls(
            read_coded(data, coded, curriculum) if wanted - {*curriculum.pairs, *curriculum.kinds} else {},
            read_coded_maps(data, coded, curriculum) if wanted & set(curriculum.kinds) else None,
            {task: pool for task, pool in pairs.items() if pool is not None},
        )

    def split(self) -> tuple["Pools", "Pools"]:
        """What is trained on, and what is held back to measure."""
        pictures = {frame: _split(pool) for frame, pool in self.pictures.items()}
        maps = (None, None) if self.maps is None else _split(self.maps)
        pairs = {task: _split(pool) for task, pool in self.pairs.items()}
        learned, held_back = (
            Pools(
                {frame: parts[i] for frame, parts in pictures.items()},
                maps[i],
                {task: parts[i] for task, parts in pairs.items()},
            )
            for i in range(2)
        )
        return learned, held_back


def _split(pool: Pool) -> tuple[Pool, Pool]:
    """The pool without its end, and its end."""
    last = -min(HELD_BACK, max(1, len(pool) // 10))
    return pool.part(None, last), pool.part(last, None)


def check_tasks(curriculum: Curriculum, tasks: Sequence[str]) -> tuple[str, ...]:
    """The tasks in the mixture's order, all if none is named; raises InputError for an unknown one."""
    known = tuple(curriculum.tasks)
    for task in tasks:
        if task not in known:
            raise InputError(f'There is no training for "{task}"; choose from: {", ".join(known)}.')
    return tuple(task for task in known if task in tasks) if tasks else known


def sources(
    pools: Pools, text: TextTokenizer, curriculum: Curriculum, tasks: Iterable[str]
) -> dict[str, list[Weighted]]:
    """The sources of each task with their shares; a task without data is left out."""
    found = {task: _sources(task, pools, text, curriculum) for task in tasks}
    return {task: weighted for task, weighted in found.items() if weighted}


def _sources(name: str, pools: Pools, text: TextTokenizer, curriculum: Curriculum) -> list[Weighted]:
    share, task = curriculum.tasks[name], DRAWING_TASKS[name]
    if name in curriculum.pairs:
        return [(Paired(pools.pairs[name], text, task), share)] if name in pools.pairs else []
    if name in curriculum.kinds:
        return [(Mapped(pools.maps, text, task, curriculum.kinds[name]), share)] if pools.maps else []
    present = {frame: curriculum.frames.get(frame, 0.1) for frame in sorted(pools.pictures)}
    total = sum(present.values())
    return [(Spoken(pools.pictures[f], text, task), share * part / total) for f, part in present.items()]
