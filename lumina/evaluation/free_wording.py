"""Free wording, measured: how often a request is read as it is meant, and how often that is drawn."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np

from lumina.errors import InputError
from lumina.evaluation.benchmark import world_for
from lumina.json_types import JsonObject
from lumina.runtime.painter import Painter
from lumina.steps import Progress, Steps, finish
from lumina.tasks.text_to_image import TextToImage
from lumina.worlds.language import Language

WORLDS = Path(__file__).parents[1] / "worlds"


def run(painter: Painter, limit: int, seed: int) -> Steps[Progress, JsonObject]:
    """Draw the requests (docs/decisions/0031), one picture each, as they are read and as they are written.

    Of a request of which nothing can be drawn it counts that nothing is read. Returns shares: ``read`` as
    meant, by kind, too; ``drawn`` right and ``drawn_as_written``, which has the model's own words only.
    """
    world = world_for(painter.spec)
    asked = requests(world.name)[:limit]
    read, drawn, as_written = list[bool](), list[bool](), list[bool]()
    kinds: dict[str, list[bool]] = {}
    for done, (request, intended, kind) in enumerate(asked, start=1):
        sentence = sentence_for(world.language, request)
        read.append(is_meant(sentence, intended))
        kinds.setdefault(kind, []).append(read[-1])
        if intended:
            shows = _shown(painter, intended[0], seed + done, world.shows)
            drawn.append(shows(sentence or request))
            as_written.append(shows(request))
        yield Progress(done, len(asked), unit="requests", figures={"read": sum(read) / done})
    return {
        "requests": len(asked),
        "read": _share(read),
        "drawn": _share(drawn),
        "drawn_as_written": _share(as_written),
        "read_by_kind": {kind: _share(found) for kind, found in kinds.items()},
    }


def requests(world: str) -> list[tuple[str, list[str], str]]:
    """What was typed, every sentence that is meant by it (none: nothing of it can be drawn), and its kind.

    Raises InputError for a world without requests.
    """
    file = WORLDS / world / "benchmark" / "requests.jsonl"
    if not file.is_file():
        raise InputError(f"There are no requests in free wording for {world}; use another --model.")
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return [(line["request"], line["intended"], line["kind"]) for line in lines]


def sentence_for(language: Language, request: str) -> str | None:
    """What is drawn: what is read of a request, or the request where it is a plain sentence already."""
    reading = language.reading(request)
    if reading is not None:
        return reading.sentence
    plain = language.normalize(request)
    return plain if not language.unknown_words(request) else None


def is_meant(sentence: str | None, intended: list[str]) -> bool:
    """Whether a request was read as it is meant."""
    return sentence in intended if intended else sentence is None


def _shown(painter: Painter, intended: str, seed: int, shows: Callable[..., bool]) -> Callable[[str], bool]:
    @cache
    def drawn(prompt: str) -> bool:
        picture = finish(TextToImage(prompt=prompt, seed=seed).resolved(painter).run(painter)).image[0]
        return shows(np.asarray(picture.image.convert("RGB")), intended)

    return drawn


def _share(found: list[bool]) -> float:
    return round(sum(found) / max(1, len(found)), 4)
