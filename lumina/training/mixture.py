"""The mixture of tasks that the transformer learns: how much time each one gets, and from which data."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from lumina.errors import InputError
from lumina.model.text import TextTokenizer
from lumina.tasks.instructions import Kind
from lumina.training.codes import (
    CodedPairs,
    CodedScenes,
    read_coded,
    read_coded_maps,
    read_coded_pairs,
)
from lumina.training.sources import Captioned, Edited, Mapped, Source, Subjects

SHARES = {  # of training steps; they cost alike, so of the time too
    "text_to_image": 0.40, "image_pair": 0.04, "control": 0.09, "predict": 0.05, "edit": 0.36,
    "subject": 0.06,
}  # fmt: skip
TASKS = tuple(SHARES)
FRAME_SHARES = {(128, 128): 0.5, (160, 96): 0.25, (96, 160): 0.25}  # of text to image
CONTROL_KINDS: dict[Kind, float] = {
    "depth": 0.22, "canny": 0.22, "normal": 0.16, "segmentation": 0.16, "hed": 0.12, "scribble": 0.12,
}  # fmt: skip
PREDICT_KINDS: dict[Kind, float] = {
    "depth": 0.16, "normal": 0.15, "segmentation": 0.30, "canny": 0.23, "hed": 0.08, "scribble": 0.08,
}  # fmt: skip
KINDS = {"control": CONTROL_KINDS, "predict": PREDICT_KINDS, "image_pair": PREDICT_KINDS}
HELD_BACK = 200  # scenes or pairs at the end of each pool that only measure, at most a tenth of it

Weighted = tuple[Source, float]
Pool = TypeVar("Pool", CodedScenes, CodedPairs)


@dataclass(frozen=True)
class Pools:
    """Everything that is encoded; what is None or empty has not been."""

    pictures: Mapping[tuple[int, int], CodedScenes]
    maps: CodedScenes | None = None
    edits: CodedPairs | None = None
    subjects: CodedPairs | None = None

    @classmethod
    def read(cls, data: Path, coded: Path, tasks: Iterable[str]) -> "Pools":
        """What these tasks need of the codes in a folder."""
        wanted = set(tasks)
        return cls(
            read_coded(data, coded) if "text_to_image" in wanted else {},
            read_coded_maps(data, coded) if wanted & set(KINDS) else None,
            read_coded_pairs(data, coded, "edits") if "edit" in wanted else None,
            read_coded_pairs(data, coded, "subjects") if "subject" in wanted else None,
        )

    def split(self) -> tuple["Pools", "Pools"]:
        """What is trained on, and what is held back to measure."""
        pictures = {frame: _split(pool) for frame, pool in self.pictures.items()}
        others: list[Any] = [pool and _split(pool) for pool in (self.maps, self.edits, self.subjects)]
        learned, held_back = (
            Pools({f: parts[i] for f, parts in pictures.items()}, *(parts and parts[i] for parts in others))
            for i in range(2)
        )
        return learned, held_back


def _split(pool: Pool) -> tuple[Pool, Pool]:
    """The pool without its end, and its end."""
    last = -min(HELD_BACK, max(1, len(pool) // 10))
    return pool.part(None, last), pool.part(last, None)


def check_tasks(tasks: Sequence[str]) -> tuple[str, ...]:
    """The tasks in the mixture's order, all if none is named; raises InputError for an unknown one."""
    for task in tasks:
        if task not in SHARES:
            raise InputError(f'There is no training for "{task}"; choose from: {", ".join(TASKS)}.')
    return tuple(task for task in TASKS if task in tasks) if tasks else TASKS


def sources(pools: Pools, text: TextTokenizer, tasks: Iterable[str]) -> dict[str, list[Weighted]]:
    """The sources of each task with their shares; a task without data is left out."""
    found = {task: _sources(task, pools, text) for task in tasks}
    return {task: weighted for task, weighted in found.items() if weighted}


def _sources(task: str, pools: Pools, text: TextTokenizer) -> list[Weighted]:
    share = SHARES[task]
    if task == "text_to_image":
        present = {frame: FRAME_SHARES.get(frame, 0.1) for frame in sorted(pools.pictures)}
        total = sum(present.values())
        return [(Captioned(pools.pictures[f], text), share * part / total) for f, part in present.items()]
    if task == "edit":
        return [(Edited(pools.edits, text), share)] if pools.edits else []
    if task == "subject":
        return [(Subjects(pools.subjects, text), share)] if pools.subjects else []
    return [(Mapped(pools.maps, text, task, KINDS[task]), share)] if pools.maps else []
