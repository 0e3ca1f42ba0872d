"""Answers of the auxiliary head: how the given sticker that matters looks, or what is still to come."""

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


def targets() -> Mapping[str, int]:
    """What is told, and among how many answers."""
    return {"noun": len(nouns()), **{name: len(o) for name, o in QUALITIES.items()}, "to come": MOST + 1}


def answers_of_edit(edit: SceneEdit) -> Answers:
    """For each place how the given sticker looks that the words mean; `NO_ANSWER` where they mean none."""
    told = _nothing()
    if edit.operation not in ("add", "reground") and edit.sticker is not None:
        told[:, :-1] = _look(edit.before.stickers[edit.sticker])
    return told


def answers_ahead(scene: Scene) -> Answers:
    """For each place how many stickers are still to begin, and how the next of them looks.

    A caption names stickers as they are drawn, and mostly these qualities of them.
    """
    told = _nothing()
    begun = 0
    stickers = drawing_order(scene)
    for number, sticker in enumerate(stickers):
        row, x = begins(sticker)
        until = row * (FRAME[0] // STEP) + x // STEP + 1
        told[begun:until, :-1] = _look(sticker)
        told[begun:until, -1] = len(stickers) - number
        begun = max(begun, until)
    told[begun:, -1] = 0
    return told


def _nothing() -> Answers:
    return np.full((FRAME[0] * FRAME[1] // STEP**2, len(targets())), NO_ANSWER, np.int64)


def _look(sticker: Sticker) -> list[int]:
    qualities = [options.index(getattr(sticker, quality)) for quality, options in QUALITIES.items()]
    return [nouns().index(sticker.noun), *qualities]
