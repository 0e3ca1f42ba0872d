"""Edits that words ask for: whether two sentences ask for the same, and scenes in which it can be done."""

from dataclasses import replace

import numpy as np

from lumina.worlds.benchmark import Case
from lumina.worlds.reading.grammar import ThingSaid
from lumina.worlds.reading.wishes import EditWish
from lumina.worlds.tabletop.benchmark.editing import EditCase
from lumina.worlds.tabletop.captions import Thing, stands
from lumina.worlds.tabletop.edits import (
    Instruction,
    SceneEdit,
    is_editable,
    is_sound,
    place_in_line,
    place_near_middle,
)
from lumina.worlds.tabletop.scenes import (
    COLORS,
    TURNS,
    Scene,
    Solid,
    is_held_out,
    materials_of,
    sample_scene,
)
from lumina.worlds.tabletop.wishes import parse_wish, thing_of

FRAME = (128, 128)


class AskedEdits:
    """See SaidEdits."""

    def is_same(self, said: str, meant: str) -> bool:
        """See SaidEdits."""
        one, other = parse_wish(said), parse_wish(meant)
        return one is not None and other is not None and one.meaning == other.meaning

    def case(self, meant: str, said: str, seed: int) -> Case:
        """See SaidEdits."""
        wish = parse_wish(meant)
        assert wish is not None
        rng = np.random.default_rng(seed)
        while True:
            scene = _scene(wish, rng)
            edit = None if scene is None else edit_of(wish, scene, rng)
            if edit is not None and edit.after != edit.before and is_sound(edit.after):
                return EditCase(edit, _instruction(wish, edit, said), seed)


def edit_of(wish: EditWish, scene: Scene, rng: np.random.Generator) -> SceneEdit | None:
    """The wish as an edit of a scene whose solids it singles out; None where there is no room for it."""
    if wish.operation == "reground":
        return SceneEdit("reground", scene, replace(scene, ground=wish.value))
    if wish.operation == "relight":
        return SceneEdit("relight", scene, replace(scene, light=wish.value))
    if wish.operation == "add":
        added = _placed(_new(wish.new, rng), wish, scene, scene.solids)
        solids = (*scene.solids, added) if added else ()
        return SceneEdit("add", scene, replace(scene, solids=solids), len(scene.solids)) if added else None
    at = _index(wish.it, scene)
    kept = (*scene.solids[:at], *scene.solids[at + 1 :])
    if wish.operation == "remove":
        return SceneEdit("remove", scene, replace(scene, solids=kept), at)
    solid = scene.solids[at]
    changed = _placed(solid, wish, scene, kept) if wish.operation == "move" else _altered(solid, wish)
    if changed is None:
        return None
    solids = (*scene.solids[:at], changed, *scene.solids[at + 1 :])
    return SceneEdit(wish.operation, scene, replace(scene, solids=solids), at)


def _scene(wish: EditWish, rng: np.random.Generator) -> Scene | None:
    """A held-out scene of solids that the wish singles out, if the dice give one."""
    scene = sample_scene(rng, FRAME)
    named = [thing_of(said) for said in (wish.it, wish.anchor) if said is not None]
    if len(scene.solids) < len(named):
        return None
    solids = [*map(_called, scene.solids, named), *scene.solids[len(named) :]]
    scene = replace(scene, solids=tuple(solids))
    is_clear = all(sum(thing.fits(solid) for solid in solids) == 1 for thing in named)
    is_able = is_clear and is_editable(scene) and is_sound(scene) and is_held_out(scene)
    return scene if is_able else None


def _called(solid: Solid, thing: Thing) -> Solid:
    """A solid as it is called, the rest as it was."""
    return replace(
        solid,
        shape=thing.shape,
        color=thing.color or solid.color,
        size=thing.size or solid.size,
        material=thing.material or materials_of(thing.shape)[0],
        turn=TURNS[0] if thing.shape == "cube" else 0,
    )


def _new(said: ThingSaid | None, rng: np.random.Generator) -> Solid:
    assert said is not None
    thing = thing_of(said)
    return _called(Solid(thing.shape, str(rng.choice(COLORS)), "matte", "large"), thing)


def _altered(solid: Solid, wish: EditWish) -> Solid:
    if wish.new is not None:
        return _called(solid, thing_of(wish.new))
    kind = "color" if wish.operation == "recolour" else "size"
    changes: dict[str, str] = {kind: wish.value}
    return replace(solid, **changes)  # type: ignore[arg-type]


def _placed(solid: Solid, wish: EditWish, scene: Scene, kept: tuple[Solid, ...]) -> Solid | None:
    """A solid that is new or moves, where the words put it; None where there is no room, or it is there."""
    if wish.relation is None:
        return place_near_middle(scene, solid, kept)
    is_moved = wish.operation == "move"
    anchor = scene.solids[_index(wish.anchor, scene)] if wish.anchor else solid
    if is_moved and wish.anchor and stands(wish.relation, solid, anchor, *FRAME):
        return None
    return place_in_line(scene, solid, kept, anchor, wish.relation)


def _index(said: ThingSaid | None, scene: Scene) -> int:
    return next(i for i, solid in enumerate(scene.solids) if said is not None and thing_of(said).fits(solid))


def _instruction(wish: EditWish, edit: SceneEdit, said: str) -> Instruction:
    """What the words leave free: of what is new, what is not said."""
    solid = edit.changed
    if solid is None:
        return Instruction(said)
    size = solid.size if edit.operation == "resize" else None
    thing = thing_of(wish.new) if wish.new and edit.operation in ("add", "replace") else None
    anchor = edit.before.solids[_index(wish.anchor, edit.before)] if wish.anchor else None
    if edit.operation == "move" and anchor is None and edit.solid is not None:
        anchor = edit.before.solids[edit.solid]
    return Instruction(said, thing or Thing(1, solid.shape, solid.color, None, size), wish.relation, anchor)
