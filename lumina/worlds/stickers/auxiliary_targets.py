"""Answers of the auxiliary head: how the given sticker that matters looks, what is still to come, and where
a code lies in which drawing."""

from collections.abc import Mapping

import numpy as np

from lumina.worlds.curriculum import NO_ANSWER, Answers
from lumina.worlds.pixels import STEP
from lumina.worlds.stickers.edits import SceneEdit
from lumina.worlds.stickers.scenes import (
    FRAME,
    MOST,
    QUALITIES,
    Scene,
    Sticker,
    begins,
    drawing_order,
    nouns,
)
from lumina.worlds.stickers.sprites import SIZES

_ROWS, _COLS = FRAME[1] // STEP, FRAME[0] // STEP
_LOOK = 1 + len(QUALITIES)  # answers that say how a sticker looks
_HERE = _LOOK + 1  # before them stands how many are to come


def targets() -> Mapping[str, int]:
    """What is told, and among how many answers."""
    look = {"noun": len(nouns()), **{name: len(options) for name, options in QUALITIES.items()}}
    here = {f"{name} here": count for name, count in look.items()}
    side = max(SIZES.values()) // STEP
    return {**look, "to come": MOST + 1, **here, "row here": side, "column here": side}


def answers_of_edit(edit: SceneEdit) -> Answers:
    """For each place how the given sticker looks that the words mean, `NO_ANSWER` where they mean none; and
    which part of the new picture it is."""
    told = _where(edit.after)
    if edit.operation not in ("add", "reground") and edit.sticker is not None:
        told[:, :_LOOK] = _look(edit.before.stickers[edit.sticker])
    return told


def answers_ahead(scene: Scene) -> Answers:
    """For each place how many stickers are still to begin, how the next of them looks, and which part of
    which sticker it is.

    A caption names stickers as they are drawn, and mostly these qualities of them.
    """
    told = _where(scene)
    begun = 0
    stickers = drawing_order(scene)
    for number, sticker in enumerate(stickers):
        until = _first_place(sticker) + 1
        told[begun:until, :_LOOK] = _look(sticker)
        told[begun:until, _LOOK] = len(stickers) - number
        begun = max(begun, until)
    told[begun:, _LOOK] = 0
    return told


def _where(scene: Scene) -> Answers:
    """For each place in a sticker that has begun, how that looks, and the row and column of it; else
    `NO_ANSWER`."""
    told = np.full((_ROWS, _COLS, len(targets())), NO_ANSWER, np.int64)
    for sticker in scene.stickers:
        top, left, side = (length // STEP for length in (sticker.y, sticker.x, sticker.side))
        square = told[top : top + side, left : left + side]
        square[..., _HERE : _HERE + _LOOK] = _look(sticker)
        square[..., -2], square[..., -1] = np.indices((side, side))
        before = np.arange(_ROWS * _COLS).reshape(_ROWS, _COLS) <= _first_place(sticker)
        square[before[top : top + side, left : left + side]] = NO_ANSWER
    return told.reshape(_ROWS * _COLS, -1)


def _first_place(sticker: Sticker) -> int:
    """The place of the code with which drawing comes to it."""
    row, x = begins(sticker)
    return row * _COLS + x // STEP


def _look(sticker: Sticker) -> list[int]:
    qualities = [options.index(getattr(sticker, quality)) for quality, options in QUALITIES.items()]
    return [nouns().index(sticker.noun), *qualities]
