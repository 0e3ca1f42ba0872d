"""What each tab offers to try with one click: words, and a picture for tasks that are given one."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from PIL import Image

from lumina.images import png_bytes
from lumina.model.config import ModelSpec
from lumina.tasks.base import Task
from lumina.tasks.image_input import ImageInput
from lumina.ui.first_words import guide_of
from lumina.ui.pictures import picture_fields
from lumina.workflow.shelves import shipped
from lumina.worlds.tabletop.captions import drawing_order, phrase, text_of
from lumina.worlds.tabletop.edits import sample_edit
from lumina.worlds.tabletop.instructing import instruct
from lumina.worlds.tabletop.maps import map_of
from lumina.worlds.tabletop.render import Rendering, render
from lumina.worlds.tabletop.scenes import PATTERNS, Scene, sample_scene
from lumina.worlds.tabletop.subjects import request, sample_subject

FRAME = (128, 128)  # pixels, the size that a form asks for at first: nothing of an example is cut off
EDITS = {"recolour": 40, "remove": 16, "relight": 24}  # operations by seed; tabletop follows these
SUBJECTS = 2
PREDICTED = {"depth": 308, "normal": 320, "segmentation": 360, "canny": 356}  # kinds by seed
STEERED = {"depth": 200, "canny": 260, "segmentation": 480, "scribble": 520}


@dataclass(frozen=True)
class Example:
    """A name for the button, and the values that a click writes into the form; pictures as base64."""

    label: str
    values: Mapping[str, Any]


def examples_of(task: type[Task], spec: ModelSpec) -> tuple[Example, ...]:
    """The examples of a task. Those with pictures show tabletop's world, and are offered for it alone."""
    if task.name in _MADE:
        return _MADE[task.name]() if spec.world else ()
    if task.examples:
        return tuple(_declared(task, values) for values in task.examples)
    if task.spoken is None:
        return ()
    return tuple(Example(text, {task.spoken: text}) for text in guide_of(spec).examples)


def _declared(task: type[Task], values: Mapping[str, Any]) -> Example:
    """An example that the task itself declares; its pictures are shipped ones, by name."""
    named = {name: values[name] for name in picture_fields(task) if name in values}
    found = {name: shipped().find(literal["image"]) for name, literal in named.items()}
    pictures = {name: _encoded(picture.image) for name, picture in found.items() if picture is not None}
    return Example(str(values.get(task.spoken or "", task.title)), {**values, **pictures})


@cache
def _scene(seed: int) -> tuple[Scene, Rendering]:
    """A scene with two different solids in different colours, found from a seed on."""
    while True:
        scene = sample_scene(np.random.default_rng(seed), FRAME)
        kinds = {(solid.shape, solid.color) for solid in scene.solids}
        if len(scene.solids) == 2 and len({shape for shape, _ in kinds}) == len({c for _, c in kinds}) == 2:
            return scene, render(scene)
        seed += 1


def _edits() -> tuple[Example, ...]:
    """One of each kind; what comes out is named as a caption would name it, which tabletop follows best."""
    found = []
    for at, (operation, seed) in enumerate(EDITS.items()):
        rng = np.random.default_rng(at)
        said = None
        while said is None or (said.thing is not None and phrase(said.thing) not in said.text):
            scene, rendering = _scene(seed)
            edit = sample_edit(scene, operation, rng)
            said = instruct(edit, rng) if edit else None
        values = {"image": _encoded(rendering.picture), "instruction": said.text}
        found.append(Example(said.text, values))
    return tuple(found)


def _subjects() -> tuple[Example, ...]:
    """Things of two shapes, named with their pattern and colour, each in a new scene."""
    found: dict[str, Example] = {}
    rng = np.random.default_rng(5)
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
    for kind, seed in STEERED.items():
        scene, rendering = _scene(seed)
        text = "a red {} and a blue {}".format(*(solid.shape for solid in drawing_order(scene)))
        condition = _encoded(map_of(rendering, kind))
        values = {"condition": condition, "kind": kind, "prompt": text, "extract": False}
        found.append(Example(f"{kind}: {text}", values))
    return tuple(found)


def _predictions() -> tuple[Example, ...]:
    return tuple(
        Example(f"{kind} of a scene", {"image": _encoded(_scene(seed)[1].picture), "kind": kind})
        for kind, seed in PREDICTED.items()
    )


def truth_of(name: str) -> Rendering | None:
    """The rendering that an example of Predict shows, by the name of its picture."""
    return _truths().get(name)


@cache
def _truths() -> dict[str, Rendering]:
    renderings = [_scene(seed)[1] for seed in PREDICTED.values()]
    return {ImageInput.of(Image.fromarray(each.picture)).name: each for each in renderings}


_MADE = {"edit": _edits, "subject": _subjects, "control": _controls, "predict": _predictions}


def _encoded(picture: Any) -> str:
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    return base64.b64encode(png_bytes(image)).decode()
