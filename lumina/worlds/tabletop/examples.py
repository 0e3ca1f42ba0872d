"""What each tab offers to try with one click: words, and a rendered picture."""

from functools import cache

import numpy as np

from lumina.worlds.base import Example
from lumina.worlds.pixels import Pixels
from lumina.worlds.tabletop.captions import drawing_order, phrase, text_of
from lumina.worlds.tabletop.edits import is_editable, sample_edit
from lumina.worlds.tabletop.instructing import instruct
from lumina.worlds.tabletop.maps import map_of
from lumina.worlds.tabletop.render import Rendering, render
from lumina.worlds.tabletop.scenes import PATTERNS, Scene, sample_scene
from lumina.worlds.tabletop.subjects import request, sample_subject

FRAME = (128, 128)  # pixels, the size that a form asks for at first: nothing of an example is cut off
EDITS = {"recolour": 40, "remove": 16, "relight": 24}  # operations by seed; the model follows these
TRIES = 100
SUBJECTS = 2
PREDICTED = {"depth": 308, "normal": 320, "segmentation": 360, "canny": 356}  # kinds by seed
STEERED = {"depth": 200, "canny": 260, "segmentation": 480, "scribble": 520}


def examples(task: str) -> tuple[Example, ...]:
    """The examples of a task by its name, none for a task without pictures."""
    return _MADE[task]() if task in _MADE else ()


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
        scene, rendering = _scene(seed)
        text = _asked(scene, operation, np.random.default_rng(at))
        found.append(Example(text, {"image": rendering.picture, "instruction": text}))
    return tuple(found)


def edits_of(picture: Pixels) -> tuple[str, ...]:
    """One of each kind of what a picture [h, w, 3] shows; none where the judge does not read it."""
    from lumina.worlds.tabletop.judge import read  # brings in scipy

    reading = read(picture)
    if reading.problems or not is_editable(reading.scene):
        return ()
    texts = (_asked(reading.scene, each, np.random.default_rng(at)) for at, each in enumerate(EDITS))
    return tuple(filter(None, texts))


def _asked(scene: Scene, operation: str, rng: np.random.Generator) -> str:
    """An edit in words; what comes out is named as a caption would name it. Empty where none is found."""
    for _ in range(TRIES):
        edit = sample_edit(scene, operation, rng)
        said = instruct(edit, rng) if edit else None
        if said is not None and (said.thing is None or phrase(said.thing) in said.text):
            return said.text
    return ""


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
            picture = render(pair.before).picture
            values = {"image": picture, "subject": asked.description, "prompt": prompt}
            found[words[-1]] = Example(f"{asked.description}: {prompt}", values)
    return tuple(found.values())


def _controls() -> tuple[Example, ...]:
    found = []
    for kind, seed in STEERED.items():
        scene, rendering = _scene(seed)
        text = "a red {} and a blue {}".format(*(solid.shape for solid in drawing_order(scene)))
        condition = map_of(rendering, kind)
        values = {"condition": condition, "kind": kind, "prompt": text, "extract": False}
        found.append(Example(f"{kind}: {text}", values))
    return tuple(found)


def _predictions() -> tuple[Example, ...]:
    return tuple(
        Example(f"{kind} of a scene", {"image": _scene(seed)[1].picture, "kind": kind})
        for kind, seed in PREDICTED.items()
    )


def truth_of(picture: Pixels) -> Rendering | None:
    """The rendering that an example of Predict shows; None for any other picture [h, w, 3]."""
    return _truths().get(picture.tobytes())


@cache
def _truths() -> dict[bytes, Rendering]:
    renderings = [_scene(seed)[1] for seed in PREDICTED.values()]
    return {each.picture.tobytes(): each for each in renderings}


_MADE = {"edit": _edits, "subject": _subjects, "control": _controls, "predict": _predictions}
