"""What each tab offers to try with one click: words, and a picture for tasks that are given one."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from PIL import Image

from lumina.images import png_bytes
from lumina.tabletop.camera import to_ground
from lumina.tabletop.maps import depth_picture, edge_picture
from lumina.tabletop.render import Rendering, render
from lumina.tabletop.scenes import Scene, Solid, sample_scene
from lumina.tasks.base import Task
from lumina.ui.first_words import guide_of

FOOT = (64.0, 88.0)  # pixel where the subject of an example stands
SUBJECTS = (
    ("red", "striped", "cone", "on a grey ground"),
    ("blue", "dotted", "sphere", "at night"),
)


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
    for seed, words in ((0, "make the {first} blue"), (40, "remove the {first}"), (80, "make it night")):
        scene, rendering = _scene(seed)
        text = words.format(first=_name(scene))
        found.append(Example(text, {"image": _encoded(rendering.picture), "instruction": text}))
    return tuple(found)


def _subjects() -> tuple[Example, ...]:
    found = []
    for color, pattern, shape, where in SUBJECTS:
        x, y = to_ground(*FOOT, 128, 128)
        solid = Solid(shape, color, "matte", "large", round(x, 3), round(y, 3), pattern=pattern)
        picture, name = render(Scene((solid,))).picture, f"{pattern} {color} {shape}"
        values = {"image": _encoded(picture), "subject": f"a {name}", "prompt": f"a {name} {where}"}
        found.append(Example(values["prompt"], values))
    return tuple(found)


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


def _name(scene: Scene) -> str:
    return f"{scene.solids[0].color} {scene.solids[0].shape}"


def _encoded(pixels: Any) -> str:
    return base64.b64encode(png_bytes(Image.fromarray(pixels))).decode()
