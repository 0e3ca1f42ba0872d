"""Answers of the auxiliary head: how the given solid that matters looks, or what is still to come."""

import numpy as np

from lumina.worlds.curriculum import NO_ANSWER, Answers
from lumina.worlds.pixels import STEP
from lumina.worlds.tabletop.captions import NUMBERS, drawing_order, foot
from lumina.worlds.tabletop.edits import WHOLE_PICTURE, SceneEdit
from lumina.worlds.tabletop.scenes import QUALITIES, Scene, Solid, bounds, rise

TARGETS = {**{name: len(options) for name, options in QUALITIES.items()}, "to come": max(NUMBERS) + 1}


def answers_of_edit(edit: SceneEdit) -> Answers:
    """For each place every quality of the given solid that matters there.

    Where the words mean one solid, it is that one everywhere, long before drawing comes to it; with a new
    ground or light it is the one in whose box the place lies. Places with neither have `NO_ANSWER`.
    """
    scene = edit.before
    told = _nothing(scene)
    if edit.operation in WHOLE_PICTURE:
        for solid in sorted(scene.solids, key=lambda solid: foot(solid, scene.width, scene.height)[1]):
            left, top, right, bottom = _cells(solid, scene)
            told[top:bottom, left:right, : len(QUALITIES)] = _look(solid)
    elif edit.operation != "add" and edit.solid is not None:
        told[..., : len(QUALITIES)] = _look(scene.solids[edit.solid])
    return told.reshape(-1, len(TARGETS))


def answers_ahead(scene: Scene) -> Answers:
    """For each place how many solids are still to begin, and shape and colour of the next of them.

    A caption names solids as they are drawn, and mostly these qualities of them.
    """
    told = _nothing(scene).reshape(-1, len(TARGETS))
    begun = 0
    solids = drawing_order(scene)
    for number, solid in enumerate(solids):
        x, y = foot(solid, scene.width, scene.height)
        row, col = int(y - rise(solid)) // STEP, int(x) // STEP
        until = row * (scene.width // STEP) + col + 1
        told[begun:until, :2] = _look(solid)[:2]
        told[begun:until, -1] = len(solids) - number
        begun = max(begun, until)
    told[begun:, -1] = 0
    return told


def _nothing(scene: Scene) -> Answers:
    return np.full((scene.height // STEP, scene.width // STEP, len(TARGETS)), NO_ANSWER, np.int64)


def _cells(solid: Solid, scene: Scene) -> tuple[int, ...]:
    """(left, top, right, bottom) of the codes that the solid's box touches, within the picture."""
    left, top, right, bottom = (edge / STEP for edge in bounds(solid, scene.width, scene.height))
    return tuple(max(0, int(edge)) for edge in (left, top, np.ceil(right), np.ceil(bottom)))


def _look(solid: Solid) -> list[int]:
    return [options.index(getattr(solid, quality)) for quality, options in QUALITIES.items()]
