"""Edits of tabletop scenes: one change each, made by describing the scene anew and rendering it again."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from lumina.tabletop.captions import Thing, foot, relation_of, stands
from lumina.tabletop.scenes import (
    COLORS,
    GROUNDS,
    HELD_OUT_TRIPLES,
    LIGHTS,
    MATERIALS,
    SHAPES,
    SIZES,
    TURNS,
    Scene,
    Solid,
    fits,
    place_beside,
    sample_solids,
)

OPERATIONS = ("recolour", "resize", "remove", "add", "replace", "move", "reground", "relight")
OPPOSITE_OPERATION = {"remove": "add", "add": "remove"}  # every other operation undoes itself
WHOLE_PICTURE = ("reground", "relight")  # operations that leave no pixel as it was
MOST_SOLIDS = 4
TRIES = 12
NEAR = 12.0  # pixels that a solid's foot may lie aside and still count as where it was
CHANGED = 4  # levels of 255: a pixel that differs by more belongs to the change, shadows included
CHANGE_MARGIN = 2  # pixels around the change that belong to it too

Picture = NDArray[np.uint8]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Edit:
    """One change of a scene. `solid` is the changed one's index in `before`, of an added one in `after`."""

    operation: str
    before: Scene
    after: Scene
    solid: int | None = None

    def undone(self) -> "Edit":
        """The edit that leads back."""
        operation = OPPOSITE_OPERATION.get(self.operation, self.operation)
        return Edit(operation, self.after, self.before, self.solid)

    @property
    def changed(self) -> Solid | None:
        """The changed solid as it is afterwards; None where there is none."""
        return None if self.solid is None or self.operation == "remove" else self.after.solids[self.solid]

    @property
    def kept(self) -> list[Solid]:
        """The solids that stay as they are."""
        return [s for i, s in enumerate(self.before.solids) if self.operation == "add" or i != self.solid]


@dataclass(frozen=True)
class Instruction:
    """What a person says to have an edit made, and what that leaves to choose.

    `thing` is what is said of the changed solid as it must be afterwards. Where a place is named, the solid
    must stand in the `relation` to `anchor`, which for a solid that moves may be itself as it was.
    """

    text: str
    thing: Thing | None = None
    relation: str | None = None
    anchor: Solid | None = None


def sample_edit(scene: Scene, operation: str, rng: np.random.Generator) -> Edit | None:
    """A random edit of this kind whose result is a scene that training may show; None if none was found."""
    for _ in range(TRIES):
        edit = _MAKERS[operation](scene, rng)
        if edit is not None and edit.after != scene and _is_sound(edit.after):
            return edit
    return None


def _is_sound(scene: Scene) -> bool:
    return (
        1 <= len(scene.solids) <= MOST_SOLIDS
        and not HELD_OUT_TRIPLES & {solid.triple for solid in scene.solids}
        and fits(scene.solids, scene.width, scene.height)
    )


def _pick(scene: Scene, rng: np.random.Generator) -> int:
    return int(rng.integers(len(scene.solids)))


def _other(options: tuple[str, ...], but: str, rng: np.random.Generator) -> str:
    return str(rng.choice([option for option in options if option != but]))


def _with(scene: Scene, index: int, solid: Solid) -> Scene:
    return replace(scene, solids=(*scene.solids[:index], solid, *scene.solids[index + 1 :]))


def _recolour(scene: Scene, rng: np.random.Generator) -> Edit:
    i = _pick(scene, rng)
    solid = scene.solids[i]
    return Edit("recolour", scene, _with(scene, i, replace(solid, color=_other(COLORS, solid.color, rng))), i)


def _resize(scene: Scene, rng: np.random.Generator) -> Edit:
    i = _pick(scene, rng)
    solid = scene.solids[i]
    return Edit("resize", scene, _with(scene, i, replace(solid, size=_other(SIZES, solid.size, rng))), i)


def _remove(scene: Scene, rng: np.random.Generator) -> Edit:
    i = _pick(scene, rng)
    return Edit("remove", scene, replace(scene, solids=scene.solids[:i] + scene.solids[i + 1 :]), i)


def _add(scene: Scene, rng: np.random.Generator) -> Edit | None:
    solid = sample_solids(rng)[0]
    placed = place_beside(scene.solids, solid, scene.width, scene.height, rng)
    if placed is None:
        return None
    return Edit("add", scene, replace(scene, solids=(*scene.solids, placed)), len(scene.solids))


def _replace(scene: Scene, rng: np.random.Generator) -> Edit:
    """Another shape in the same place; often the colour changes too."""
    i = _pick(scene, rng)
    solid = scene.solids[i]
    shape = _other(SHAPES, solid.shape, rng)
    new = replace(
        solid,
        shape=shape,
        color=str(rng.choice(COLORS)) if rng.random() < 0.6 else solid.color,
        material=str(rng.choice(MATERIALS)) if rng.random() < 0.3 else solid.material,
        turn=int(rng.choice(TURNS)) if shape == "cube" else 0,
    )
    return Edit("replace", scene, _with(scene, i, new), i)


def _move(scene: Scene, rng: np.random.Generator) -> Edit | None:
    """The solid stands elsewhere, and from where it was that is clearly one of the four directions."""
    i = _pick(scene, rng)
    others = scene.solids[:i] + scene.solids[i + 1 :]
    moved = place_beside(others, scene.solids[i], scene.width, scene.height, rng)
    if moved is None or relation_of(moved, scene.solids[i], scene.width, scene.height) is None:
        return None
    return Edit("move", scene, _with(scene, i, replace(moved, turn=scene.solids[i].turn)), i)


def _reground(scene: Scene, rng: np.random.Generator) -> Edit:
    return Edit("reground", scene, replace(scene, ground=_other(GROUNDS, scene.ground, rng)))


def _relight(scene: Scene, rng: np.random.Generator) -> Edit:
    return Edit("relight", scene, replace(scene, light=_other(LIGHTS, scene.light, rng)))


_MAKERS: dict[str, Callable[[Scene, np.random.Generator], Edit | None]] = {
    "recolour": _recolour, "resize": _resize, "remove": _remove, "add": _add,
    "replace": _replace, "move": _move, "reground": _reground, "relight": _relight,
}  # fmt: skip


def change_mask(before: Picture, after: Picture) -> Mask:
    """Where two renderings [h, w, 3] differ by more than 4 levels, and 2 pixels around: the true change."""
    off = np.abs(before.astype(np.int16) - after.astype(np.int16)).max(-1) > CHANGED
    return np.asarray(ndimage.binary_dilation(off, np.ones((3, 3), bool), iterations=CHANGE_MARGIN))


def is_done(edit: Edit, said: Instruction, found: Scene) -> bool:
    """Whether a scene shows the edit's result as it was asked for, and every other solid where it was.

    The others are told by shape, colour and place (within 12 pixels); of the changed solid, what was not said
    is free, and where no place was said, an added solid may stand anywhere.
    """
    if (found.ground, found.light) != (edit.after.ground, edit.after.light):
        return False
    rest = list(found.solids)
    for solid in edit.kept:
        same = [s for s in rest if (s.shape, s.color) == (solid.shape, solid.color)]
        nearest = min(same, key=lambda s: _apart(s, solid, found), default=None)
        if nearest is None or _apart(nearest, solid, found) > NEAR:
            return False
        rest.remove(nearest)
    if edit.changed is None:
        return not rest
    return len(rest) == 1 and _is_as_said(edit, said, rest[0], found)


def _is_as_said(edit: Edit, said: Instruction, solid: Solid, found: Scene) -> bool:
    if said.thing is None or not said.thing.fits(solid):
        return False
    if said.relation is not None and said.anchor is not None:
        return stands(said.relation, solid, said.anchor, found.width, found.height)
    assert edit.changed is not None
    return edit.operation in ("add", "move") or _apart(solid, edit.changed, found) <= NEAR


def _apart(a: Solid, b: Solid, frame: Scene) -> float:
    """Pixels between the feet of two solids."""
    (ax, ay), (bx, by) = foot(a, frame.width, frame.height), foot(b, frame.width, frame.height)
    return float(np.hypot(ax - bx, ay - by))
