"""The judge: decides what a tabletop picture shows by finding the scene and rendering it again."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from lumina.worlds.tabletop.captions import LIGHT_PHRASES, Claim, Thing, is_true, text_of
from lumina.worlds.tabletop.masks import (
    SMALLEST_BLOB,
    Floats,
    Mask,
    Picture,
    Table,
    color_classes,
    difference,
    find_table,
    foreground,
)
from lumina.worlds.tabletop.render import render
from lumina.worlds.tabletop.scenes import COLORS, Scene, Solid
from lumina.worlds.tabletop.shape_fit import Outline, Patch, best_color, candidates

MOST_SOLIDS = 6  # looked for; captions name four at most
WORST_TABLE = 0.075  # mean mismatch of the empty table, of the full range
LEAST_AGREEMENT = 0.72  # of a solid's outline and its patch, intersection over union
LEAST_LEAD = 0.03  # in score over the best other shape
LEAST_MATCH = 0.70  # share of a solid's inner pixels whose colour is as rendered
SAME_COLOR = 0.16  # largest channel difference, of the full range
LEAST_CRISPNESS = 0.4  # contrast along a solid's outline, of the rendered one
GRAIN = 0.8  # pixels: standard deviation of the blur that makes the comparison blind to fine noise
MOST_ERROR = 0.045  # mean difference from the scene rendered again, of the full range
LARGEST_FRINGE = 240  # pixels: smaller patches that are no whole solid are the fringe of a shadow, or stray
STRAY = 0.11  # of the full range: difference from any shade of table of what is clearly something
LARGEST_STRAY = 32  # such pixels that belong to no solid, in one piece at least 3 pixels thick


@dataclass(frozen=True)
class SolidFit:
    """How well a found solid explains its part of the picture; all between 0 and 1.

    ``agreement`` is the outline's intersection over union with its patch of colour, ``lead`` how much
    better that is than for any other shape, ``match`` the share of its pixels coloured as rendered,
    ``crispness`` the contrast along its outline, of the rendered one.
    """

    agreement: float
    lead: float
    match: float = 0.0
    crispness: float = 0.0


@dataclass(frozen=True)
class Reading:
    """What a picture shows: the scene, the fit of each of its solids, and what is wrong with the picture."""

    scene: Scene
    fits: tuple[SolidFit, ...]
    error: float  # mean difference from the scene rendered again, of the full range
    problems: tuple[str, ...]


def obeys(picture: Picture, claim: Claim) -> tuple[bool, tuple[str, ...]]:
    """Whether the picture [h, w, 3] shows exactly what is claimed, well drawn; and if not, why not."""
    return judge(read(picture), claim)


def judge(reading: Reading, claim: Claim) -> tuple[bool, tuple[str, ...]]:
    """As `obeys`, for a picture that has been read."""
    if is_true(claim, reading.scene):
        return not reading.problems, reading.problems
    wrong = f"it shows {words(reading.scene)}, not {text_of(claim)}"
    return False, (wrong, *reading.problems)


def words(scene: Scene) -> str:
    """Everything a scene shows, in one sentence."""
    things: dict[Thing, int] = {}
    for solid in scene.solids:
        thing = Thing(1, solid.shape, solid.color, solid.material, solid.size)
        things[thing] = things.get(thing, 0) + 1
    if not things:
        return f"an empty {scene.ground} ground {LIGHT_PHRASES[scene.light]}"
    counted = tuple(replace(thing, count=count) for thing, count in things.items())
    return text_of(Claim(counted, None, scene.ground, scene.light))


def read(picture: Picture) -> Reading:
    """Find the scene in a picture [h, w, 3] and check that the picture agrees with it."""
    empty, mismatch = find_table(picture)
    apart = difference(picture, empty)
    mask = foreground(apart)
    found = _visible(_explain(picture, mask, empty))
    solids = [placed.solid for _, placed in found]
    for i, (_, placed) in enumerate(found):
        solids[i] = best_color(placed, solids[:i] + solids[i + 1 :], picture, empty)
    height, width = picture.shape[:2]
    scene = Scene(tuple(solids), empty.ground, empty.light, width, height)
    return _compare(picture, apart, scene, [fit for fit, _ in found], mismatch)


def _explain(picture: Picture, mask: Mask, empty: Table) -> list[tuple[SolidFit, Outline]]:
    """Solids that explain the coloured patches, the largest patch first."""
    classes = color_classes(picture, mask, empty)
    found: list[tuple[SolidFit, Outline]] = []
    while len(found) < MOST_SOLIDS:
        patch = _largest_patch(classes)
        if patch is None:
            break
        same = classes == classes[patch][0]
        color = COLORS[classes[patch][0]]
        best, rival = candidates(Patch(patch, same, ~mask), color, picture, empty)[:2]
        classes[patch] = -1
        if best.agreement > LEAST_AGREEMENT or patch.sum() > LARGEST_FRINGE:
            found.append((SolidFit(best.agreement, best.score - rival.score), best.placed))
            _take_away(classes, best.placed)
    return found


def _largest_patch(classes: NDArray[np.int8]) -> Mask | None:
    """The largest connected patch of one colour, or None if only crumbs are left."""
    best: Mask | None = None
    area = SMALLEST_BLOB - 1
    for color in np.unique(classes[classes >= 0]):
        labels, _ = ndimage.label(classes == color)
        areas = np.bincount(labels.ravel())[1:]
        if areas.max() > area:
            area = int(areas.max())
            best = labels == areas.argmax() + 1
    return best


def _take_away(classes: NDArray[np.int8], placed: Outline) -> None:
    """Strike out the patches that lie almost wholly under a solid: its highlights, fringes and far pieces."""
    cover = np.zeros(classes.shape, dtype=bool)
    cover.ravel()[placed.pixels] = True
    cover = ndimage.binary_dilation(cover, iterations=2)
    for color in np.unique(classes[classes >= 0]):
        labels, count = ndimage.label(classes == color)
        inside = np.bincount(labels[cover], minlength=count + 1)
        areas = np.bincount(labels.ravel(), minlength=count + 1)
        gone = inside > 0.8 * areas
        gone[0] = False
        gone &= areas < 0.3 * len(placed.pixels)
        classes[gone[labels]] = -1


def _visible(found: list[tuple[SolidFit, Outline]]) -> list[tuple[SolidFit, Outline]]:
    """The outlines without the pixels where another one is nearer, and without those wholly hidden."""
    size = max((int(placed.pixels.max()) + 1 for _, placed in found), default=0)
    nearest: Floats = np.full(size, np.inf, dtype=np.float32)
    for _, placed in found:
        nearest[placed.pixels] = np.minimum(nearest[placed.pixels], placed.reach)
    seen = [placed.reach <= nearest[placed.pixels] for _, placed in found]
    return [
        (fit, Outline(placed.solid, placed.pixels[s], placed.reach[s]))
        for (fit, placed), s in zip(found, seen, strict=True)
        if s.any()
    ]


def _compare(picture: Picture, apart: Floats, scene: Scene, fits: list[SolidFit], mismatch: float) -> Reading:
    """Render the scene again and list where the picture disagrees."""
    again = render(scene)
    changed = (picture.astype(np.float32) - again.picture) / 255
    off = np.abs(ndimage.gaussian_filter(changed, (GRAIN, GRAIN, 0))).max(-1)
    problems = ["the ground and the light are not clear"] if mismatch > WORST_TABLE else []
    steepness = _steepness(picture), _steepness(again.picture)
    for i, solid in enumerate(scene.solids):
        fits[i] = _measure(fits[i], again.instances == i + 1, off, *steepness)
        problems += _faults(solid, fits[i])
    beyond = ~ndimage.binary_dilation(again.instances > 0, iterations=2)
    stray = _largest(ndimage.binary_opening((apart > STRAY) & beyond))
    if stray > LARGEST_STRAY:
        problems.append(f"something of {stray} pixels belongs to no solid")
    error = float(np.minimum(off, 0.25).mean())
    if error > MOST_ERROR:
        problems.append("the picture differs from the scene it seems to show")
    return Reading(scene, tuple(fits), error, tuple(problems))


def _steepness(picture: Picture) -> Floats:
    """How steeply the colours change at each pixel [h, w]."""
    channels = np.moveaxis(picture.astype(np.float32), -1, 0)
    steep = [ndimage.gaussian_gradient_magnitude(channel, GRAIN) for channel in channels]
    return np.asarray(np.max(steep, axis=0), dtype=np.float32)


def _measure(fit: SolidFit, seen: Mask, off: Floats, steep: Floats, again: Floats) -> SolidFit:
    """Complete a fit with what the solid's visible pixels [h, w] say."""
    inner = ndimage.binary_erosion(seen)
    if not inner.any():
        return fit
    edge = ndimage.binary_dilation(seen) & ~inner
    reached = ndimage.maximum_filter(steep, 3)[edge]  # an outline may lie a pixel aside
    crispness = np.minimum(reached, again[edge]).sum() / max(float(again[edge].sum()), 1.0)
    return replace(fit, match=float((off[inner] < SAME_COLOR).mean()), crispness=float(crispness))


def _faults(solid: Solid, fit: SolidFit) -> list[str]:
    name = f"the {solid.color} {solid.shape}"
    faults = []
    if fit.agreement < LEAST_AGREEMENT:
        faults.append(f"{name} is not a whole {solid.shape}")
    elif fit.lead < LEAST_LEAD:
        faults.append(f"{name} could be another shape as well")
    if fit.crispness < LEAST_CRISPNESS:
        faults.append(f"{name} has no clear outline")
    if fit.match < LEAST_MATCH:
        faults.append(f"{name} is not shaded like a {solid.material} {solid.shape}")
    return faults


def _largest(mask: Mask) -> int:
    labels, _ = ndimage.label(mask)
    areas = np.bincount(labels.ravel())[1:]
    return int(areas.max()) if len(areas) else 0
