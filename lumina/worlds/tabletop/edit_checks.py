"""Whether an edit was made: what a scene must show for that, and which pixels may change."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from lumina.worlds.tabletop.captions import foot, stands
from lumina.worlds.tabletop.edits import Instruction, SceneEdit
from lumina.worlds.tabletop.scenes import Scene, Solid

NEAR = 12.0  # pixels that a solid's foot may lie aside and still count as where it was
CHANGED = 4  # levels of 255: a pixel that differs by more belongs to the change, shadows included
CHANGE_MARGIN = 2  # pixels around the change that belong to it too

Picture = NDArray[np.uint8]
Mask = NDArray[np.bool_]


def change_mask(before: Picture, after: Picture) -> Mask:
    """Where two renderings [h, w, 3] differ by more than 4 levels, and 2 pixels around: the true change."""
    off = np.abs(before.astype(np.int16) - after.astype(np.int16)).max(-1) > CHANGED
    return np.asarray(ndimage.binary_dilation(off, np.ones((3, 3), bool), iterations=CHANGE_MARGIN))


def is_done(edit: SceneEdit, said: Instruction, found: Scene) -> bool:
    """Whether a scene shows the edit's result as it was asked for, and every other solid as and where it was.

    Where is within 12 pixels. The changed solid keeps what its operation leaves alone; what was not said of
    one that is new is free, and where no place was said, an added solid may stand anywhere.
    """
    if (found.ground, found.light) != (edit.after.ground, edit.after.light):
        return False
    rest = list(found.solids)
    for solid in edit.kept:
        same = [s for s in rest if _qualities(s) == _qualities(solid)]
        nearest = min(same, key=lambda s: _apart(s, solid, found), default=None)
        if nearest is None or _apart(nearest, solid, found) > NEAR:
            return False
        rest.remove(nearest)
    if edit.changed is None:
        return not rest
    return len(rest) == 1 and _is_as_said(edit, said, rest[0], found)


def _is_as_said(edit: SceneEdit, said: Instruction, solid: Solid, found: Scene) -> bool:
    if said.thing is None or not said.thing.fits(solid) or not _keeps_rest(edit, solid):
        return False
    if said.relation is not None and said.anchor is not None:
        return stands(said.relation, solid, said.anchor, found.width, found.height)
    assert edit.changed is not None
    return edit.operation in ("add", "move") or _apart(solid, edit.changed, found) <= NEAR


def _keeps_rest(edit: SceneEdit, solid: Solid) -> bool:
    """Whether the changed solid has the qualities that follow from what it was: of a new one, few do."""
    assert edit.changed is not None
    if edit.operation == "add":
        return True
    if edit.operation == "replace":
        return solid.size == edit.changed.size
    return _qualities(solid) == _qualities(edit.changed)


def _qualities(solid: Solid) -> tuple[str, str, str, str]:
    return solid.shape, solid.color, solid.size, solid.material


def _apart(a: Solid, b: Solid, frame: Scene) -> float:
    """Pixels between the feet of two solids."""
    (ax, ay), (bx, by) = foot(a, frame.width, frame.height), foot(b, frame.width, frame.height)
    return float(np.hypot(ax - bx, ay - by))
