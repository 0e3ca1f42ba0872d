"""Free wording, measured: how often a request is read as it is meant, and how often that is drawn."""

import json
import operator
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
from pydantic import JsonValue

from lumina.errors import InputError
from lumina.evaluation.benchmark import world_for
from lumina.evaluation.measuring import measure
from lumina.json_types import JsonObject
from lumina.runtime.painter import Painter
from lumina.steps import Progress, Steps, finish
from lumina.tasks.edit import Edit
from lumina.tasks.text_to_image import TextToImage
from lumina.worlds.base import World
from lumina.worlds.benchmark import SaidEdits
from lumina.worlds.language import Kind, Language

WORLDS = Path(__file__).parents[1] / "worlds"
FILES: dict[Kind, str] = {"prompt": "requests.jsonl", "instruction": "edit_requests.jsonl"}


@dataclass
class _Found:
    """What was found of the requests so far."""

    read: list[bool] = field(default_factory=list)
    drawn: list[bool] = field(default_factory=list)
    as_written: list[bool] = field(default_factory=list)
    kinds: dict[str, list[bool]] = field(default_factory=dict)

    def note_read(self, is_meant: bool, kind: str) -> None:
        """Whether a request of a kind was read as it is meant."""
        self.read.append(is_meant)
        self.kinds.setdefault(kind, []).append(is_meant)

    def figures(self) -> JsonObject:
        """As a report has them."""
        return {
            "requests": len(self.read),
            "read": _share(self.read),
            "drawn": _share(self.drawn),
            "drawn_as_written": _share(self.as_written),
            "read_by_kind": {kind: _share(found) for kind, found in self.kinds.items()},
        }


def run(painter: Painter, limit: int, seed: int, task: str | None = None) -> Steps[Progress, JsonObject]:
    """Draw the requests (docs/decisions/0031), one picture each, as they are read and as they are written.

    Of a request of which nothing can be drawn it counts that nothing is read. Returns shares: ``read`` as
    meant, by kind, too; ``drawn`` right and ``drawn_as_written``, which has the model's own words only; the
    same of ``edits``. With a ``task`` of that alone; raises InputError for one without requests.
    """
    if task not in (None, TextToImage.name, Edit.name):
        raise InputError(f'There are no requests for "{task}"; choose {TextToImage.name} or {Edit.name}.')
    world, found = world_for(painter.spec), dict[str, JsonValue]()
    if task in (None, TextToImage.name):
        found |= yield from _prompts(painter, world, limit, seed)
    edits = world.benchmark().said_edits
    if edits is not None and task in (None, Edit.name) and Edit.name in painter.spec.tasks:
        found["edits"] = yield from _edits(painter, world, edits, limit, seed)
    return found


def _prompts(painter: Painter, world: World, limit: int, seed: int) -> Steps[Progress, JsonObject]:
    asked, found = requests(world.name)[:limit], _Found()
    for done, (request, intended, kind) in enumerate(asked, start=1):
        sentence = sentence_for(world.language, request)
        found.note_read(is_meant(sentence, intended), kind)
        if intended:
            shows = _shown(painter, intended[0], seed + done, world.shows)
            found.drawn.append(shows(sentence or request))
            found.as_written.append(shows(request))
        yield Progress(done, len(asked), unit="requests", figures={"read": sum(found.read) / done})
    return found.figures()


def _edits(
    painter: Painter, world: World, edits: SaidEdits, limit: int, seed: int
) -> Steps[Progress, JsonObject]:
    asked, found = requests(world.name, "instruction")[:limit], _Found()
    for done, (request, intended, kind) in enumerate(asked, start=1):
        sentence = sentence_for(world.language, request, "instruction")
        found.note_read(is_meant(sentence, intended, edits.is_same), kind)
        if intended:
            is_right = _edited(painter, intended[0], seed + done, edits)
            found.drawn.append(is_right(sentence or request))
            found.as_written.append(is_right(request))
        yield Progress(done, len(asked), unit="requests for edits", figures={"read": sum(found.read) / done})
    return found.figures()


def requests(world: str, kind: Kind = "prompt") -> list[tuple[str, list[str], str]]:
    """What was typed, every sentence that is meant by it (none: nothing of it can be drawn), and its kind.

    Of an edit one sentence stands for all that ask for the same. Raises InputError for a world without
    requests.
    """
    file = WORLDS / world / "benchmark" / FILES[kind]
    if not file.is_file():
        raise InputError(f"There are no requests in free wording for {world}; use another --model.")
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return [(line["request"], line["intended"], line["kind"]) for line in lines]


def sentence_for(language: Language, request: str, kind: Kind = "prompt") -> str | None:
    """What is drawn: what is read of a request, or the request where it is a plain sentence already."""
    reading = language.reading(request, kind)
    if reading is not None:
        return reading.sentence
    plain = language.normalize(request, kind)
    return plain if not language.unknown_words(request, kind) else None


def is_meant(
    sentence: str | None, intended: list[str], is_same: Callable[[str, str], bool] = operator.eq
) -> bool:
    """Whether a request was read as it is meant."""
    if sentence is None:
        return not intended
    return any(is_same(sentence, each) for each in intended)


def _shown(painter: Painter, intended: str, seed: int, shows: Callable[..., bool]) -> Callable[[str], bool]:
    @cache
    def drawn(prompt: str) -> bool:
        picture = finish(TextToImage(prompt=prompt, seed=seed).resolved(painter).run(painter)).image[0]
        return shows(np.asarray(picture.image.convert("RGB")), intended)

    return drawn


def _edited(painter: Painter, intended: str, seed: int, edits: SaidEdits) -> Callable[[str], bool]:
    @cache
    def edited(instruction: str) -> bool:
        outcome = measure(edits.case(intended, instruction, seed), painter, {})
        return bool(outcome.verdict.values["right"])

    return edited


def _share(found: list[bool]) -> float:
    return round(sum(found) / max(1, len(found)), 4)
