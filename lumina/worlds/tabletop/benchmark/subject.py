"""The benchmark of subjects: is the patterned solid the same, and the new scene the one asked for.

The judge reads plain solids only, so a patterned one is found here: it is what the company does not explain.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy import ndimage

from lumina.worlds.benchmark import Ask, Case, Turns, Verdict
from lumina.worlds.pixels import Pixels
from lumina.worlds.tabletop.benchmark.patterned import find_patterned
from lumina.worlds.tabletop.captions import Thing, is_true, text_of
from lumina.worlds.tabletop.edits import SceneEdit
from lumina.worlds.tabletop.masks import Mask, color_classes, difference, find_table, foreground
from lumina.worlds.tabletop.render import render
from lumina.worlds.tabletop.scenes import COLORS, Scene, Solid, is_held_out
from lumina.worlds.tabletop.shape_fit import Candidate, Patch, candidates
from lumina.worlds.tabletop.subjects import Request, request, sample_subject

LEAST_AGREEMENT = 0.72  # of an outline and what it shall explain, intersection over union
MOST_ERROR = 0.14  # mean colour error of the subject's pixels, of the full range
GAP = 6  # pixels: half the width of gaps that a pattern may leave in the foreground
SMALLEST = 60  # pixels of a solid
LARGEST_REST = 140  # pixels of foreground that may belong to nothing


def subject_cases(count: int, seed: int) -> Iterator[Case]:
    """`count` subjects with held-out new scenes."""
    rng = np.random.default_rng([seed, 22])
    for i in range(max(count, 1)):
        pair = sample_subject(rng)
        while not is_held_out(pair.after):
            pair = sample_subject(rng)
        yield SubjectCase(pair, request(pair, rng), seed + i)


@dataclass(frozen=True)
class SubjectCase:
    """A solid on white, what is said of it, and a scene to put it in."""

    pair: SceneEdit
    asked: Request
    seed: int

    def turns(self) -> Turns:
        """See Case; figures that end in `_of_truth` are the same measure's on the true picture."""
        given, truth = render(self.pair.before).picture, render(self.pair.after).picture
        prompt = text_of(self.asked.claim)
        values = {"image": given, "subject": self.asked.description, "prompt": prompt, "seed": self.seed}
        picture = (yield Ask("subject", values))["image"]
        found, expected = self.verdicts(picture), self.verdicts(truth)
        # a tick is for the drawing alone, so what the measure makes of the truth counts as a number
        figures = {**found, **{f"{name}_of_truth": float(value) for name, value in expected.items()}}
        caption = f"{self.asked.description}: {prompt}"
        return Verdict("subject", caption, (given, picture, truth), figures)

    def verdicts(self, picture: Pixels) -> dict[str, bool]:
        """Whether shape, colour and pattern are the subject's, and whether the scene is as was said."""
        subject = self.pair.after.solids[0]
        found = find(picture, subject, list(self.asked.claim.things[1:]))
        mine = found.subject
        shape = mine is not None and mine.shape == subject.shape
        color = mine is not None and mine.color == subject.color
        pattern = mine is not None and mine.pattern == subject.pattern
        obeyed = mine is not None and found.rest <= LARGEST_REST and is_true(self.asked.claim, found.scene)
        return {
            "shape": shape,
            "color": color,
            "pattern": pattern,
            "same": shape and color and pattern,
            "scene_obeyed": obeyed,
        }


@dataclass(frozen=True)
class Found:
    """The scene found with the subject in it, if there is one, and the pixels that nothing explains."""

    scene: Scene
    subject: Solid | None
    rest: int


def find(picture: Pixels, subject: Solid, company: list[Thing]) -> Found:
    """Find plain solids of the colours that the company has, then what is left as a patterned solid."""
    empty, _ = find_table(picture)
    mask = foreground(difference(picture, empty))
    free, classes = mask.copy(), color_classes(picture, mask, empty)
    others: list[Solid] = []
    for color in [str(thing.color) for thing in company for _ in range(thing.count)]:
        patch = _largest(free & (classes == COLORS.index(color)))
        best = candidates(Patch(patch, patch, ~mask), color, picture, empty)[0] if patch.any() else None
        if best is not None and best.agreement > LEAST_AGREEMENT:
            others.append(best.placed.solid)
            _cover(free, best)
    height, width = picture.shape[:2]
    bare = Scene(tuple(others), empty.ground, empty.light, width, height)
    patch = _largest(ndimage.binary_closing(free, iterations=GAP))  # pale stripes may look like white ground
    look = find_patterned(picture, patch, empty, subject.color) if patch.sum() >= SMALLEST else None
    if look is None or look.error > MOST_ERROR:
        return Found(bare, None, int(patch.sum()))
    scene = replace(bare, solids=(look.solid, *others))
    explained = ndimage.binary_dilation(render(scene).instances > 0, iterations=3)
    return Found(scene, look.solid, int(_largest(ndimage.binary_opening(mask & ~explained)).sum()))


def _cover(free: Mask, candidate: Candidate) -> None:
    """Take the pixels of a solid that was found, and their fringe, out of what is free."""
    cover = np.zeros(free.shape, dtype=bool)
    cover.ravel()[candidate.placed.pixels] = True
    free &= ~ndimage.binary_dilation(cover, iterations=2)


def _largest(mask: Mask) -> Mask:
    """The largest connected piece."""
    labels, _ = ndimage.label(mask)
    areas = np.bincount(labels.ravel())
    areas[0] = 0
    return np.asarray((labels == areas.argmax()) & mask)
