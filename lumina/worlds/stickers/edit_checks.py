"""Whether an edit was made: what a scene must show for that, and which pixels may change."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from lumina.worlds.pixels import Pixels
from lumina.worlds.stickers.captions import stands
from lumina.worlds.stickers.edits import Instruction, SceneEdit
from lumina.worlds.stickers.scenes import Scene, Sticker

NEAR = 12.0  # pixels that a sticker's middle may lie aside and still count as where it was
CHANGED = 4  # levels of 255: a pixel that differs by more belongs to the change, shadows included
CHANGE_MARGIN = 2  # pixels around the change that belong to it too


def change_mask(before: Pixels, after: Pixels) -> NDArray[np.bool_]:
    """Where two renderings [h, w, 3] differ by more than 4 levels, and 2 pixels around: the true change."""
    off = np.abs(before.astype(np.int16) - after.astype(np.int16)).max(-1) > CHANGED
    return np.asarray(ndimage.binary_dilation(off, np.ones((3, 3), bool), iterations=CHANGE_MARGIN))


def is_done(edit: SceneEdit, said: Instruction, found: Scene) -> bool:
    """Whether a scene shows what an edit asked for, and every other sticker as and where it was.

    Where is within 12 pixels. The changed sticker keeps what its operation leaves alone; what was not said of
    one that is new is free, and where no place was said, an added one may lie anywhere.
    """
    if found.ground != edit.after.ground:
        return False
    rest = list(found.stickers)
    for sticker in edit.kept:
        same = [s for s in rest if (s.drawing, s.size) == (sticker.drawing, sticker.size)]
        nearest = min(same, key=lambda s: _apart(s, sticker), default=None)
        if nearest is None or _apart(nearest, sticker) > NEAR:
            return False
        rest.remove(nearest)
    if edit.changed is None:
        return not rest
    return len(rest) == 1 and _is_as_said(edit, said, edit.changed, rest[0])


def _is_as_said(edit: SceneEdit, said: Instruction, changed: Sticker, drawn: Sticker) -> bool:
    if said.thing is None or not said.thing.fits(drawn) or not _keeps_rest(edit, changed, drawn):
        return False
    if said.relation is not None and said.anchor is not None:
        return stands(said.relation, drawn, said.anchor)
    return edit.operation in ("add", "move", "resize") or _apart(drawn, changed) <= NEAR


def _keeps_rest(edit: SceneEdit, changed: Sticker, drawn: Sticker) -> bool:
    """Whether it has the qualities that follow from what it was: of a new one, few do."""
    if edit.operation == "add":
        return True
    if edit.operation == "replace":
        return drawn.size == changed.size
    if edit.operation == "resize":
        return drawn.drawing == changed.drawing and _is_resized(edit, changed, drawn)
    return (drawn.drawing, drawn.size) == (changed.drawing, changed.size)


def _is_resized(edit: SceneEdit, changed: Sticker, drawn: Sticker) -> bool:
    """Whether it grew or shrank as the true result does, and stayed about where it was."""
    assert edit.sticker is not None
    old = edit.before.stickers[edit.sticker]
    same_way = (drawn.side - old.side) * (changed.side - old.side) > 0
    return same_way and abs(drawn.x - old.x) <= 16 and abs(drawn.y - old.y) <= 16


def _apart(a: Sticker, b: Sticker) -> float:
    """Pixels between the middles of two stickers."""
    return float(np.hypot(a.middle[0] - b.middle[0], a.middle[1] - b.middle[1]))
