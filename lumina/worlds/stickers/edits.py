"""Edits of sticker scenes: one change each, made by describing the scene anew and rendering it again."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from lumina.worlds.stickers.captions import RELATIONS, Thing, relation_of
from lumina.worlds.stickers.scenes import (
    FRAME,
    GROUNDS,
    Scene,
    Sticker,
    another,
    fits,
    free_places,
    is_seen,
    random_sticker,
    sample_size,
    seen_styles,
)
from lumina.worlds.stickers.sprites import SIZES, colors_of

OPERATIONS = ("recolour", "restyle", "resize", "remove", "add", "replace", "move", "reground")
OPPOSITE_OPERATION = {"remove": "add", "add": "remove"}  # every other operation undoes itself
WHOLE_PICTURE = ("reground",)  # operations that leave no pixel as it was
MOST_STICKERS = 3
TRIES = 12
ANYWHERE = 0.3  # share of added stickers for which no place is said


@dataclass(frozen=True)
class SceneEdit:
    """One change of a scene. `sticker` is the changed one's index in `before`, of an added one in `after`."""

    operation: str
    before: Scene
    after: Scene
    sticker: int | None = None

    def undone(self) -> "SceneEdit":
        """The edit that leads back."""
        operation = OPPOSITE_OPERATION.get(self.operation, self.operation)
        return SceneEdit(operation, self.after, self.before, self.sticker)

    @property
    def changed(self) -> Sticker | None:
        """The changed sticker as it is afterwards; None where there is none."""
        gone = self.sticker is None or self.operation == "remove"
        return None if gone or self.sticker is None else self.after.stickers[self.sticker]

    @property
    def kept(self) -> list[Sticker]:
        """The stickers that stay as they are."""
        stickers = enumerate(self.before.stickers)
        return [s for i, s in stickers if self.operation == "add" or i != self.sticker]


@dataclass(frozen=True)
class Instruction:
    """What a person says to have an edit made, and what that leaves to choose.

    `thing` is what is said of the changed sticker as it must be afterwards. Where a place is named, the
    sticker must lie in the `relation` to `anchor`, which for one that moves may be itself as it was.
    """

    text: str
    thing: Thing | None = None
    relation: str | None = None
    anchor: Sticker | None = None


def sample_edit(scene: Scene, operation: str, rng: np.random.Generator) -> SceneEdit | None:
    """A random edit of this kind to what training may show; None if none was found."""
    for _ in range(TRIES if is_editable(scene) else 0):
        edit = _MAKERS[operation](scene, rng)
        if edit is not None and edit.after != scene and is_sound(edit.after):
            return edit
    return None


def is_editable(scene: Scene) -> bool:
    """True for scenes of few stickers of different nouns: those whose edits are learned."""
    nouns = {sticker.noun for sticker in scene.stickers}
    return 1 <= len(scene.stickers) <= MOST_STICKERS and len(nouns) == len(scene.stickers)


def is_sound(scene: Scene) -> bool:
    """True for scenes that edits may lead to."""
    return is_editable(scene) and all(map(is_seen, scene.stickers)) and fits(scene.stickers)


def _pick(scene: Scene, rng: np.random.Generator) -> int:
    return int(rng.integers(len(scene.stickers)))


def _with(operation: str, scene: Scene, index: int, sticker: Sticker) -> SceneEdit:
    stickers = (*scene.stickers[:index], sticker, *scene.stickers[index + 1 :])
    return SceneEdit(operation, scene, replace(scene, stickers=stickers), index)


def _recolour(scene: Scene, rng: np.random.Generator) -> SceneEdit | None:
    i = _pick(scene, rng)
    sticker = scene.stickers[i]
    colors = colors_of(sticker.noun)
    if len(colors) < 2:
        return None
    return _with("recolour", scene, i, replace(sticker, color=another(colors, sticker.color, rng)))


def _restyle(scene: Scene, rng: np.random.Generator) -> SceneEdit | None:
    i = _pick(scene, rng)
    sticker = scene.stickers[i]
    styles = [style for style in seen_styles(sticker.noun) if style != sticker.style]
    return _with("restyle", scene, i, replace(sticker, style=str(rng.choice(styles)))) if styles else None


def _resize(scene: Scene, rng: np.random.Generator) -> SceneEdit:
    """Its upper left corner stays where it is."""
    i = _pick(scene, rng)
    sticker = scene.stickers[i]
    return _with("resize", scene, i, replace(sticker, size=another(tuple(SIZES), sticker.size, rng)))


def _remove(scene: Scene, rng: np.random.Generator) -> SceneEdit:
    i = _pick(scene, rng)
    return SceneEdit(
        "remove", scene, replace(scene, stickers=scene.stickers[:i] + scene.stickers[i + 1 :]), i
    )


def place_in_line(sticker: Sticker, kept: Sequence[Sticker], anchor: Sticker, way: str) -> Sticker | None:
    """The sticker where "left of", "above" … another one puts it, or "to the left" of where it was itself.

    That is the free place most nearly in line, the nearest of those; None where there is no room.
    """
    found = [one for one in free_places(sticker, kept) if relation_of(one, anchor) == way]
    across = way in ("left of", "right of")

    def apart(one: Sticker) -> tuple[float, float, int, int]:
        right, down = (abs(a - b) for a, b in zip(one.middle, anchor.middle, strict=True))
        return (down, right, one.y, one.x) if across else (right, down, one.y, one.x)

    return min(found, key=apart, default=None)


def place_near_middle(sticker: Sticker, kept: Sequence[Sticker]) -> Sticker | None:
    """The sticker where no words put it: at the free place nearest to the middle of the picture."""

    def apart(one: Sticker) -> tuple[float, int, int]:
        x, y = one.middle
        return (x - FRAME[0] / 2) ** 2 + (y - FRAME[1] / 2) ** 2, one.y, one.x

    return min(free_places(sticker, kept), key=apart, default=None)


def _add(scene: Scene, rng: np.random.Generator) -> SceneEdit | None:
    """A sticker more, in the style of one that is there, in the middle or in line with another one."""
    size = sample_size(len(scene.stickers) + 1, rng)
    anchor = scene.stickers[_pick(scene, rng)]
    sticker = random_sticker(rng, size, anchor.style)
    if rng.random() < ANYWHERE:
        placed = place_near_middle(sticker, scene.stickers)
    else:
        placed = place_in_line(sticker, scene.stickers, anchor, str(rng.choice(RELATIONS)))
    if placed is None:
        return None
    after = replace(scene, stickers=(*scene.stickers, placed))
    return SceneEdit("add", scene, after, len(scene.stickers))


def _replace(scene: Scene, rng: np.random.Generator) -> SceneEdit:
    """Another noun in the same place and size, where it can be in the same style."""
    i = _pick(scene, rng)
    old = scene.stickers[i]
    new = random_sticker(rng, old.size, old.style)
    return _with("replace", scene, i, replace(new, x=old.x, y=old.y))


def _move(scene: Scene, rng: np.random.Generator) -> SceneEdit | None:
    """The sticker lies elsewhere: in line with where it was, or with another sticker."""
    i = _pick(scene, rng)
    kept = scene.stickers[:i] + scene.stickers[i + 1 :]
    anchor = scene.stickers[i] if rng.random() < 0.6 else scene.stickers[_pick(scene, rng)]
    moved = place_in_line(scene.stickers[i], kept, anchor, str(rng.choice(RELATIONS)))
    return None if moved is None else _with("move", scene, i, moved)


def places_said(edit: SceneEdit) -> Iterator[tuple[str | None, int | None]]:
    """Every (relation, index of the anchor in `before`) that puts the added or moved sticker where it lies.

    One that moves may be its own anchor; (None, None) is an added one that needs no words for its place.
    """
    sticker = edit.changed
    assert sticker is not None
    if edit.operation == "add" and place_near_middle(sticker, edit.kept) == sticker:
        yield None, None
    for i, anchor in enumerate(edit.before.stickers):
        for way in RELATIONS:
            is_there = _is_there(edit, way, i)
            if not is_there and place_in_line(sticker, edit.kept, anchor, way) == sticker:
                yield way, i


def _is_there(edit: SceneEdit, way: str, anchor: int) -> bool:
    """Whether the sticker that shall move beside another one lies so already."""
    if edit.operation == "add" or edit.sticker is None or edit.sticker == anchor:
        return False
    return relation_of(edit.before.stickers[edit.sticker], edit.before.stickers[anchor]) == way


def _reground(scene: Scene, rng: np.random.Generator) -> SceneEdit:
    return SceneEdit("reground", scene, replace(scene, ground=another(GROUNDS, scene.ground, rng)))


_MAKERS: dict[str, Callable[[Scene, np.random.Generator], SceneEdit | None]] = {
    "recolour": _recolour, "restyle": _restyle, "resize": _resize, "remove": _remove, "add": _add,
    "replace": _replace, "move": _move, "reground": _reground,
}  # fmt: skip
