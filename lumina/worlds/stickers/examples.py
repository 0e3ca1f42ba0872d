"""What each tab offers to try with one click: words, and a rendered picture."""

from functools import cache

import numpy as np

from lumina.worlds.base import Example
from lumina.worlds.pixels import Pixels
from lumina.worlds.stickers.edits import sample_edit
from lumina.worlds.stickers.instructing import instruct
from lumina.worlds.stickers.maps import map_of
from lumina.worlds.stickers.render import Rendering, render
from lumina.worlds.stickers.scenes import Scene, Sticker

CAT = Sticker("cat", "cartoon", "", "large", 32, 32)
CAR = Sticker("car", "flat", "red", "medium", 16, 48)
TREE = Sticker("tree", "flat", "", "medium", 64, 48)
ROCKET = Sticker("rocket", "cartoon", "", "large", 0, 32)
MOON = Sticker("moon", "cartoon", "", "medium", 64, 16)
PIZZA = Sticker("pizza", "flat", "", "large", 0, 32)
DONUT = Sticker("donut", "flat", "", "medium", 80, 32)
ROAD = Scene((CAR, TREE), "meadow")
SKY = Scene((ROCKET, MOON), "night")
MEAL = Scene((PIZZA, DONUT), "yellow")
EDITS = (
    ("turn the car into a blue car", ROAD),
    ("draw the rocket as line art", SKY),
    ("remove the donut", MEAL),
)
SUGGESTED = ("recolour", "remove", "restyle", "reground")  # operations, of a picture that is given
SUBJECTS = (("cat", "a cat on a green background", CAT), ("sticker", "a sticker at night", CAT))
STEERED = (
    ("canny", "a car left of a tree", ROAD),
    ("segmentation", "a moon and a rocket", SKY),
    ("scribble", "a pizza left of a donut", MEAL),
)
PREDICTED = {"segmentation": ROAD, "canny": SKY, "hed": MEAL}


def examples(task: str) -> tuple[Example, ...]:
    """The examples of a task by its name, none for a task without pictures."""
    return _MADE[task]() if task in _MADE else ()


def _edits() -> tuple[Example, ...]:
    return tuple(
        Example(text, {"image": render(scene).picture, "instruction": text}) for text, scene in EDITS
    )


def edits_of(picture: Pixels) -> tuple[str, ...]:
    """One of each kind of what a picture [h, w, 3] shows; none where the judge does not read it."""
    from lumina.worlds.stickers.judge import read  # brings in scipy

    reading = read(picture)
    if reading.problems:
        return ()
    rng = np.random.default_rng(0)
    edits = [sample_edit(reading.scene, operation, rng) for operation in SUGGESTED]
    said = [instruct(edit, rng) for edit in edits if edit is not None]
    return tuple(each.text for each in said if each is not None)


def _subjects() -> tuple[Example, ...]:
    found = []
    for name, prompt, sticker in SUBJECTS:
        values = {"image": render(Scene((sticker,))).picture, "subject": name, "prompt": prompt}
        found.append(Example(f"{name}: {prompt}", values))
    return tuple(found)


def _controls() -> tuple[Example, ...]:
    found = []
    for kind, prompt, scene in STEERED:
        condition = map_of(render(scene), kind)
        values = {"condition": condition, "kind": kind, "prompt": prompt, "extract": False}
        found.append(Example(f"{kind}: {prompt}", values))
    return tuple(found)


def _predictions() -> tuple[Example, ...]:
    return tuple(
        Example(f"{kind} of a scene", {"image": render(scene).picture, "kind": kind})
        for kind, scene in PREDICTED.items()
    )


def truth_of(picture: Pixels) -> Rendering | None:
    """The rendering that an example of Predict shows; None for any other picture [h, w, 3]."""
    return _truths().get(picture.tobytes())


@cache
def _truths() -> dict[bytes, Rendering]:
    renderings = [render(scene) for scene in PREDICTED.values()]
    return {np.asarray(each.picture).tobytes(): each for each in renderings}


_MADE = {"edit": _edits, "subject": _subjects, "control": _controls, "predict": _predictions}
