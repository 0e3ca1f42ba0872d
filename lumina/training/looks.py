"""What a solid of the given picture looks like: what training has each drawn code of an edit tell."""

import numpy as np
from numpy.typing import NDArray

from lumina.tabletop.captions import foot
from lumina.tabletop.edits import WHOLE_PICTURE, Edit
from lumina.tabletop.scenes import COLORS, MATERIALS, SHAPES, SIZES, STEP, Scene, Solid, bounds

QUALITIES = {"shape": SHAPES, "color": COLORS, "size": SIZES, "material": MATERIALS}
NOTHING = -1  # of a place where there is none to tell

Looks = NDArray[np.int64]


def looks(edit: Edit) -> Looks:
    """For each place [codes, qualities] the index of every quality of the solid that matters there.

    Where the words mean one solid, it is that one everywhere, long before drawing comes to it; with a new
    ground or light it is the one in whose box the place lies. Places with neither have `NOTHING`.
    """
    scene = edit.before
    rows, cols = scene.height // STEP, scene.width // STEP
    told = np.full((rows, cols, len(QUALITIES)), NOTHING, np.int64)
    if edit.operation in WHOLE_PICTURE:
        for solid in sorted(scene.solids, key=lambda solid: foot(solid, scene.width, scene.height)[1]):
            left, top, right, bottom = _cells(solid, scene)
            told[top:bottom, left:right] = _look(solid)
    elif edit.operation != "add" and edit.solid is not None:
        told[:] = _look(scene.solids[edit.solid])
    return told.reshape(-1, len(QUALITIES))


def _cells(solid: Solid, scene: Scene) -> tuple[int, ...]:
    """(left, top, right, bottom) of the codes that the solid's box touches, within the picture."""
    left, top, right, bottom = (edge / STEP for edge in bounds(solid, scene.width, scene.height))
    return tuple(max(0, int(edge)) for edge in (left, top, np.ceil(right), np.ceil(bottom)))


def _look(solid: Solid) -> list[int]:
    return [options.index(getattr(solid, quality)) for quality, options in QUALITIES.items()]
