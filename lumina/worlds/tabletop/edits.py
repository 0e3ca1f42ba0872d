"""Edits of tabletop scenes: one change each, made by describing the scene anew and rendering it again."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product

import numpy as np

from lumina.worlds.tabletop.captions import RELATIONS, Thing, foot, stands
from lumina.worlds.tabletop.scenes import (
    COLORS,
    GRID,
    GROUNDS,
    LIGHTS,
    SHAPES,
    SIZES,
    TURNS,
    Scene,
    Solid,
    another,
    fits,
    materials_of,
    sample_solids,
    standing,
)

OPERATIONS = ("recolour", "resize", "remove", "add", "replace", "move", "reground", "relight")
OPPOSITE_OPERATION = {"remove": "add", "add": "remove"}  # every other operation undoes itself
WHOLE_PICTURE = ("reground", "relight")  # operations that leave no pixel as it was
MOST_SOLIDS = 3
TRIES = 12
ANYWHERE = 0.3  # share of added solids for which no place is said
DIRECTIONS = {
    "left of": (-1, 0),
    "right of": (1, 0),
    "in front of": (0, 1),
    "behind": (0, -1),
}  # across, down


@dataclass(frozen=True)
class SceneEdit:
    """One change of a scene. `solid` is the changed one's index in `before`, of an added one in `after`."""

    operation: str
    before: Scene
    after: Scene
    solid: int | None = None

    def undone(self) -> "SceneEdit":
        """The edit that leads back."""
        operation = OPPOSITE_OPERATION.get(self.operation, self.operation)
        return SceneEdit(operation, self.after, self.before, self.solid)

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


def sample_edit(scene: Scene, operation: str, rng: np.random.Generator) -> SceneEdit | None:
    """A random edit of this kind, before and after of which training may show; None if none was found."""
    for _ in range(TRIES if is_editable(scene) else 0):
        edit = _MAKERS[operation](scene, rng)
        if edit is not None and edit.after != scene and is_sound(edit.after):
            return edit
    return None


def is_editable(scene: Scene) -> bool:
    """True for scenes of few solids that colour and shape tell apart: those whose edits are learned."""
    looks = {(solid.color, solid.shape) for solid in scene.solids}
    return 1 <= len(scene.solids) <= MOST_SOLIDS and len(looks) == len(scene.solids)


def is_sound(scene: Scene) -> bool:
    """True for scenes that edits may lead to: few solids that are told apart, of the world, with room."""
    return (
        is_editable(scene)
        and all(solid.material in materials_of(solid.shape) for solid in scene.solids)
        and fits(scene.solids, scene.width, scene.height)
    )


def _pick(scene: Scene, rng: np.random.Generator) -> int:
    return int(rng.integers(len(scene.solids)))


def _with(scene: Scene, index: int, solid: Solid) -> Scene:
    return replace(scene, solids=(*scene.solids[:index], solid, *scene.solids[index + 1 :]))


def _recolour(scene: Scene, rng: np.random.Generator) -> SceneEdit:
    i = _pick(scene, rng)
    solid = scene.solids[i]
    return SceneEdit(
        "recolour", scene, _with(scene, i, replace(solid, color=another(COLORS, solid.color, rng))), i
    )


def _resize(scene: Scene, rng: np.random.Generator) -> SceneEdit:
    i = _pick(scene, rng)
    solid = scene.solids[i]
    return SceneEdit(
        "resize", scene, _with(scene, i, replace(solid, size=another(SIZES, solid.size, rng))), i
    )


def _remove(scene: Scene, rng: np.random.Generator) -> SceneEdit:
    i = _pick(scene, rng)
    return SceneEdit("remove", scene, replace(scene, solids=scene.solids[:i] + scene.solids[i + 1 :]), i)


def place_in_line(scene: Scene, solid: Solid, kept: Sequence[Solid], anchor: Solid, way: str) -> Solid | None:
    """The solid where "left of", "behind" … another one puts it, or "to the left" of where it was itself.

    That is the first free place in line, two steps of the grid away or more; None where there is no room.
    """
    (x, y), (across, down) = foot(anchor, scene.width, scene.height), DIRECTIONS[way]
    for steps in range(2, max(scene.width, scene.height) // GRID):
        right, below = round(x) + across * steps * GRID, round(y) + down * steps * GRID
        placed = standing(solid, right, below, scene.width, scene.height)
        if fits([*kept, placed], scene.width, scene.height):
            return placed
    return None


def place_near_middle(scene: Scene, solid: Solid, kept: Sequence[Solid]) -> Solid | None:
    """The solid where no words put it: at the free place nearest to the middle of the picture."""
    for right, down in _from_middle(scene.width, scene.height):
        placed = standing(solid, right, down, scene.width, scene.height)
        if fits([*kept, placed], scene.width, scene.height):
            return placed
    return None


@lru_cache
def _from_middle(width: int, height: int) -> tuple[tuple[int, int], ...]:
    return tuple(places_near(width / 2, height / 2, math.inf, width, height))


def places_near(right: float, down: float, most: float, width: int, height: int) -> list[tuple[int, int]]:
    """The places of the grid at most that many pixels from a point, (across, down), the nearest first."""
    places = product(range(0, width, GRID), range(0, height, GRID))
    apart = sorted((math.hypot(p[0] - right, p[1] - down), p) for p in places)
    return [place for distance, place in apart if distance <= most]


def _add(scene: Scene, rng: np.random.Generator) -> SceneEdit | None:
    """A solid more, in the middle or in line with another one."""
    solid = sample_solids(rng)[0]
    solid = replace(solid, turn=int(rng.choice(TURNS)) if solid.shape == "cube" else 0)
    if rng.random() < ANYWHERE:
        placed = place_near_middle(scene, solid, scene.solids)
    else:
        anchor = scene.solids[_pick(scene, rng)]
        placed = place_in_line(scene, solid, scene.solids, anchor, str(rng.choice(RELATIONS)))
    if placed is None:
        return None
    return SceneEdit("add", scene, replace(scene, solids=(*scene.solids, placed)), len(scene.solids))


def _replace(scene: Scene, rng: np.random.Generator) -> SceneEdit:
    """Another shape in the same place; often the colour changes too."""
    i = _pick(scene, rng)
    solid = scene.solids[i]
    shape = another(SHAPES, solid.shape, rng)
    new = replace(
        solid,
        shape=shape,
        color=str(rng.choice(COLORS)) if rng.random() < 0.6 else solid.color,
        material=str(rng.choice(materials_of(shape))),
        turn=int(rng.choice(TURNS)) if shape == "cube" else 0,
    )
    return SceneEdit("replace", scene, _with(scene, i, new), i)


def _move(scene: Scene, rng: np.random.Generator) -> SceneEdit | None:
    """The solid stands elsewhere: in line with where it was, or with another solid."""
    i = _pick(scene, rng)
    kept = scene.solids[:i] + scene.solids[i + 1 :]
    anchor = scene.solids[i] if rng.random() < 0.6 else scene.solids[_pick(scene, rng)]
    moved = place_in_line(scene, scene.solids[i], kept, anchor, str(rng.choice(RELATIONS)))
    return None if moved is None else SceneEdit("move", scene, _with(scene, i, moved), i)


def places_said(edit: SceneEdit) -> Iterator[tuple[str | None, int | None]]:
    """Every (relation, index of the anchor in `before`) that puts the added or moved solid where it stands.

    A solid that moves may be its own anchor; (None, None) is an added one that needs no words for its place.
    """
    solid = edit.changed
    assert solid is not None
    if edit.operation == "add" and place_near_middle(edit.before, solid, edit.kept) == solid:
        yield None, None
    for i, anchor in enumerate(edit.before.solids):
        for way in RELATIONS:
            if (
                not _is_there(edit, way, i)
                and place_in_line(edit.before, solid, edit.kept, anchor, way) == solid
            ):
                yield way, i


def _is_there(edit: SceneEdit, way: str, anchor: int) -> bool:
    """Whether the solid that shall move beside another one stands so already."""
    if edit.operation == "add" or edit.solid is None or edit.solid == anchor:
        return False
    solids, frame = edit.before.solids, (edit.before.width, edit.before.height)
    return stands(way, solids[edit.solid], solids[anchor], *frame)


def _reground(scene: Scene, rng: np.random.Generator) -> SceneEdit:
    return SceneEdit("reground", scene, replace(scene, ground=another(GROUNDS, scene.ground, rng)))


def _relight(scene: Scene, rng: np.random.Generator) -> SceneEdit:
    return SceneEdit("relight", scene, replace(scene, light=another(LIGHTS, scene.light, rng)))


_MAKERS: dict[str, Callable[[Scene, np.random.Generator], SceneEdit | None]] = {
    "recolour": _recolour, "resize": _resize, "remove": _remove, "add": _add,
    "replace": _replace, "move": _move, "reground": _reground, "relight": _relight,
}  # fmt: skip
