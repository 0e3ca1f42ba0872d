"""Benchmarks of editing: one change, all else as it was; and three changes in a row."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from lumina.worlds.benchmark import Ask, Case, Turns, Verdict
from lumina.worlds.metrics import psnr
from lumina.worlds.pixels import Pixels
from lumina.worlds.stickers.benchmark.held_out import held_out_scenes, spread
from lumina.worlds.stickers.edit_checks import change_mask, is_done
from lumina.worlds.stickers.edits import (
    OPERATIONS,
    WHOLE_PICTURE,
    Instruction,
    SceneEdit,
    is_editable,
    sample_edit,
)
from lumina.worlds.stickers.instructing import instruct
from lumina.worlds.stickers.judge import Reading, read, words
from lumina.worlds.stickers.render import render
from lumina.worlds.stickers.scenes import GRID, Scene, Sticker

LEAST_PSNR = 24.0  # dB outside the true change: what counts as unchanged
TURNS = 3


def edit_cases(count: int, seed: int) -> Iterator[Case]:
    """`count` edits of held-out scenes, the operations in turn."""
    for i, operation in enumerate(spread(count, OPERATIONS)):
        edit, said = held_out_edit(operation, np.random.default_rng([seed, i]))
        yield EditCase(edit, said, seed + i)


def turn_cases(count: int, seed: int) -> Iterator[Case]:
    """`count` held-out scenes to edit three times in a row."""
    for i, scene in enumerate(held_out_scenes(max(count, 1), seed + 4, is_editable)):
        yield TurnsCase(scene, seed + i)


def held_out_edit(operation: str, rng: np.random.Generator) -> tuple[SceneEdit, Instruction]:
    """An edit of a held-out scene, and the words for it."""
    while True:
        (scene,) = held_out_scenes(1, int(rng.integers(2**31)), is_editable)
        edit = sample_edit(scene, operation, rng)
        said = instruct(edit, rng) if edit is not None else None
        if edit is not None and said is not None:
            return edit, said


@dataclass(frozen=True)
class EditCase:
    """One edit whose result is known."""

    edit: SceneEdit
    said: Instruction
    seed: int

    def turns(self) -> Turns:
        """See Case. `right`: the judge finds the change made; `unchanged`: at least 24 dB outside of it."""
        before, after = render(self.edit.before).picture, render(self.edit.after).picture
        picture = (yield asked(before, self.said, self.seed))["image"]
        reading = read(picture)
        right, reasons = is_right(self.edit, self.said, reading)
        values: dict[str, float | bool] = {"right": right}
        if self.edit.operation not in WHOLE_PICTURE:
            outside = ~change_mask(before, render(made(self.edit, self.said, reading.scene)).picture)
            values["psnr_outside"] = min(psnr(picture[outside], before[outside]), 99.0)
            values["unchanged"] = values["psnr_outside"] >= LEAST_PSNR
        images = (before, picture, after)
        return Verdict(f"edit_{self.edit.operation}", self.said.text, images, values, reasons)


def asked(picture: Pixels, said: Instruction, seed: int) -> Ask:
    """One edit of a picture."""
    return Ask("edit", {"image": picture, "instruction": said.text, "seed": seed})


def is_right(edit: SceneEdit, said: Instruction, reading: Reading) -> tuple[bool, tuple[str, ...]]:
    """Whether the judge finds the edit made in a sound picture; and if not, why not."""
    if is_done(edit, said, reading.scene):
        return not reading.problems, reading.problems
    return False, (f"it shows {words(reading.scene)}", *reading.problems)


def made(edit: SceneEdit, said: Instruction, found: Scene) -> Scene:
    """The true result, but with what the words left free about the changed sticker as it was drawn."""
    drawn = _left_over(edit, found)
    if drawn is None or edit.changed is None:
        return edit.after
    scene = replace(edit.after, stickers=(*edit.kept, drawn))
    return scene if is_done(edit, said, scene) else edit.after


def gone_on_from(scene: Scene) -> Scene:
    """What was made as a scene of the world, of which further edits can be: everything on the grid."""
    placed = (replace(s, x=s.x // GRID * GRID, y=s.y // GRID * GRID) for s in scene.stickers)
    return replace(scene, stickers=tuple(placed))


def _left_over(edit: SceneEdit, found: Scene) -> Sticker | None:
    """Of the stickers found, the one that is none of those kept."""
    rest = list(found.stickers)
    for sticker in edit.kept:
        same = [s for s in rest if s.drawing == sticker.drawing]
        if not same:
            return None
        rest.remove(min(same, key=lambda s: (s.x - sticker.x) ** 2 + (s.y - sticker.y) ** 2))
    return rest[0] if len(rest) == 1 else None


@dataclass(frozen=True)
class TurnsCase:
    """A scene that is edited three times, each time as it was drawn before."""

    scene: Scene
    seed: int

    def turns(self) -> Turns:
        """See Case; the first turn that goes wrong is the last one drawn."""
        scene, picture = self.scene, render(self.scene).picture
        shown, texts = [picture], []
        rng = np.random.default_rng([self.seed, 3])
        right = True
        reasons: tuple[str, ...] = ()
        for number in range(TURNS):
            edit, said = _next_edit(scene, rng)
            picture = (yield asked(picture, said, self.seed + number))["image"]
            reading = read(picture)
            shown.append(picture)
            texts.append(said.text)
            right, reasons = is_right(edit, said, reading)
            if not right:
                break
            scene = gone_on_from(made(edit, said, reading.scene))
        done = len(texts) if right else len(texts) - 1
        values = {f"{n}_right" if n < TURNS else "all_right": done >= n for n in range(1, TURNS + 1)}
        return Verdict("multi_turn", "; ".join(texts), tuple(shown), values, reasons)


def _next_edit(scene: Scene, rng: np.random.Generator) -> tuple[SceneEdit, Instruction]:
    """Any edit of the scene for which there are words, one that leaves something."""
    while True:
        edit = sample_edit(scene, str(rng.choice(OPERATIONS)), rng)
        said = instruct(edit, rng) if edit is not None else None
        if edit is not None and said is not None:
            return edit, said
