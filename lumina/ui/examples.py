"""What each tab offers to try with one click: words, and a picture for tasks that are given one."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from PIL import Image

from lumina.images import png_bytes
from lumina.tabletop.captions import text_of
from lumina.tabletop.edits import sample_edit
from lumina.tabletop.instructing import instruct
from lumina.tabletop.maps import depth_picture, edge_picture
from lumina.tabletop.render import Rendering, render
from lumina.tabletop.scenes import PATTERNS, Scene, sample_scene
from lumina.tabletop.subjects import request, sample_subject
from lumina.tasks.base import Task
from lumina.ui.first_words import guide_of

EDITS = ("recolour", "remove", "relight")
SUBJECTS = 2


@dataclass(frozen=True)
class Example:
    """A name for the button, and the values that a click writes into the form; pictures as base64."""

    label: str
    values: Mapping[str, Any]


def examples_of(task: type[Task], model: str) -> tuple[Example, ...]:
    """The examples of a task. Those with pictures show tabletop's world, and are offered for it alone."""
    if task.name in _MADE:
        return _MADE[task.name]() if model == "tabletop" else ()
    if "prompt" not in task.model_fields:
        return ()
    return tuple(Example(text, {"prompt": text}) for text in guide_of(model).examples)


@cache
def _scene(seed: int) -> tuple[Scene, Rendering]:
    """A scene with two different solids in different colours, found from a seed on."""
    while True:
        scene = sample_scene(np.random.default_rng(seed))
        kinds = {(solid.shape, solid.color) for solid in scene.solids}
        if len(scene.solids) == 2 and len({shape for shape, _ in kinds}) == len({c for _, c in kinds}) == 2:
            return scene, render(scene)
        seed += 1


def _edits() -> tuple[Example, ...]:
    found = []
    for at, operation in enumerate(EDITS):
        rng = np.random.default_rng(at)
        said = None
        while said is None:
            scene, rendering = _scene(40 * at)
            edit = sample_edit(scene, operation, rng)
            said = instruct(edit, rng) if edit else None
        values = {"image": _encoded(rendering.picture), "instruction": said.text}
        found.append(Example(said.text, values))
    return tuple(found)


def _subjects() -> tuple[Example, ...]:
    """Things of two shapes, named with their pattern and colour, each in a new scene."""
    found: dict[str, Example] = {}
    rng = np.random.default_rng(0)
    while len(found) < SUBJECTS:
        pair = sample_subject(rng)
        asked = request(pair, rng)
        words = asked.description.split()
        prompt = text_of(asked.claim)
        if words[0] in PATTERNS and words[-2] in prompt and words[-1] not in found:
            picture = _encoded(render(pair.before).picture)
            values = {"image": picture, "subject": asked.description, "prompt": prompt}
            found[words[-1]] = Example(f"{asked.description}: {prompt}", values)
    return tuple(found.values())


def _controls() -> tuple[Example, ...]:
    found = []
    for seed, kind in ((200, "depth"), (240, "canny")):
        scene, rendering = _scene(seed)
        condition = depth_picture(rendering.depth) if kind == "depth" else edge_picture(rendering.picture)
        shapes = [solid.shape for solid in scene.solids]
        text = f"a red {shapes[0]} and a yellow {shapes[1]}"
        values = {"condition": _encoded(condition), "kind": kind, "prompt": text}
        found.append(Example(f"{kind}: {text}", values))
    return tuple(found)


def _predictions() -> tuple[Example, ...]:
    kinds = ("depth", "normal", "segmentation", "canny")
    return tuple(
        Example(f"{kind} of a scene", {"image": _encoded(_scene(280 + 40 * at)[1].picture), "kind": kind})
        for at, kind in enumerate(kinds)
    )


_MADE = {"edit": _edits, "subject": _subjects, "control": _controls, "predict": _predictions}


def _encoded(pixels: Any) -> str:
    return base64.b64encode(png_bytes(Image.fromarray(pixels))).decode()
