"""Edits that words ask for: whether two sentences ask for the same, and scenes in which it can be done."""

from dataclasses import replace

import numpy as np

from lumina.worlds.benchmark import Case
from lumina.worlds.reading.wishes import EditWish
from lumina.worlds.stickers.benchmark.editing import EditCase
from lumina.worlds.stickers.captions import Thing, stands
from lumina.worlds.stickers.edits import (
    Instruction,
    SceneEdit,
    is_editable,
    is_sound,
    place_in_line,
    place_near_middle,
)
from lumina.worlds.stickers.reader_words import style_signs
from lumina.worlds.stickers.scenes import (
    Scene,
    Sticker,
    is_held_out,
    is_seen,
    random_sticker,
    sample_scene,
    seen_styles,
)
from lumina.worlds.stickers.sprites import SIZES, colors_of
from lumina.worlds.stickers.wishes import parse_wish, thing_of

ADDED = "medium"  # the size of what is added and has none


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
    """The wish as an edit of a scene whose stickers it singles out; None where there is no room for it."""
    if wish.operation == "reground":
        return SceneEdit("reground", scene, replace(scene, ground=wish.value))
    if wish.operation == "add":
        added = _placed(_new(wish, scene.stickers[0], ADDED, rng), wish, scene, scene.stickers)
        stickers = (*scene.stickers, added) if added else ()
        edit = SceneEdit("add", scene, replace(scene, stickers=stickers), len(scene.stickers))
        return edit if added else None
    at = _index(thing_of(wish.it), scene) if wish.it else 0
    old = scene.stickers[at]
    kept = (*scene.stickers[:at], *scene.stickers[at + 1 :])
    if wish.operation == "remove":
        return SceneEdit("remove", scene, replace(scene, stickers=kept), at)
    changed = _placed(old, wish, scene, kept) if wish.operation == "move" else _altered(old, wish, rng)
    if changed is None:
        return None
    stickers = (*scene.stickers[:at], changed, *scene.stickers[at + 1 :])
    return SceneEdit(wish.operation, scene, replace(scene, stickers=stickers), at)


def _scene(wish: EditWish, rng: np.random.Generator) -> Scene | None:
    """A held-out scene of stickers that the wish singles out, if the dice give one."""
    scene = sample_scene(rng)
    named = [thing_of(said) for said in (wish.it, wish.anchor) if said is not None]
    if len(scene.stickers) < len(named):
        return None
    called = [_called(sticker, thing, rng) for sticker, thing in zip(scene.stickers, named, strict=False)]
    scene = replace(scene, stickers=(*called, *scene.stickers[len(called) :]))
    is_able = is_editable(scene) and is_sound(scene)
    return scene if is_able and is_held_out(scene) and all(map(is_seen, scene.stickers)) else None


def _called(sticker: Sticker, thing: Thing, rng: np.random.Generator) -> Sticker:
    """A sticker as it is called, the rest as it was, where there is such a drawing."""
    styles, colors = seen_styles(thing.noun), colors_of(thing.noun)
    style = thing.style or (sticker.style if sticker.style in styles else str(rng.choice(styles)))
    color = thing.color or (sticker.color if sticker.color in colors else str(rng.choice(colors)))
    return replace(sticker, noun=thing.noun, style=style, color=color, size=thing.size or sticker.size)


def _new(wish: EditWish, beside: Sticker, size: str, rng: np.random.Generator) -> Sticker:
    """What is added or comes in place of another one, in the style of one that is there."""
    assert wish.new is not None
    thing = thing_of(wish.new)
    return _called(random_sticker(rng, size, beside.style, thing.noun), thing, rng)


def _altered(old: Sticker, wish: EditWish, rng: np.random.Generator) -> Sticker | None:
    """A sticker that stays where it is; None where it cannot grow or shrink."""
    if wish.new is not None:
        new = _new(wish, old, old.size, rng)
        style = new.style if wish.operation == "replace" else thing_of(wish.new).style or old.style
        return replace(new, style=style, x=old.x, y=old.y)
    if wish.operation == "restyle":
        return replace(old, style=style_signs()[wish.value])
    if wish.operation == "recolour":
        return replace(old, color=wish.value)
    sizes = [wish.value] if wish.value in SIZES else [s for s in SIZES if _is_way(wish.value, old.size, s)]
    return replace(old, size=str(rng.choice(sizes))) if sizes else None


def _is_way(value: str, old: str, new: str) -> bool:
    """Whether a size is bigger than another one, or smaller."""
    return SIZES[new] > SIZES[old] if value == "bigger" else SIZES[new] < SIZES[old]


def _placed(sticker: Sticker, wish: EditWish, scene: Scene, kept: tuple[Sticker, ...]) -> Sticker | None:
    """A sticker that is new or moves, where the words put it; None where there is no room, or it is there."""
    if wish.relation is None:
        return place_near_middle(sticker, kept)
    anchor = scene.stickers[_index(thing_of(wish.anchor), scene)] if wish.anchor else sticker
    if wish.operation == "move" and wish.anchor and stands(wish.relation, sticker, anchor):
        return None
    return place_in_line(sticker, kept, anchor, wish.relation)


def _index(thing: Thing, scene: Scene) -> int:
    return next(i for i, sticker in enumerate(scene.stickers) if thing.fits(sticker))


def _instruction(wish: EditWish, edit: SceneEdit, said: str) -> Instruction:
    """What the words leave free: of what is new, what is not said."""
    changed = edit.changed
    if changed is None:
        return Instruction(said)
    thing = Thing(
        1,
        changed.noun,
        changed.style if edit.operation == "restyle" else None,
        changed.color or None,
        changed.size if edit.operation == "resize" and wish.value in ("", *SIZES) else None,
    )
    if wish.new is not None and edit.operation in ("add", "replace"):
        thing = thing_of(wish.new)
    anchor = edit.before.stickers[_index(thing_of(wish.anchor), edit.before)] if wish.anchor else None
    if edit.operation == "move" and anchor is None and edit.sticker is not None:
        anchor = edit.before.stickers[edit.sticker]
    return Instruction(said, thing, wish.relation, anchor)
