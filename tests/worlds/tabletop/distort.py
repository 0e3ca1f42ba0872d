"""Ways to spoil one solid of a picture, so that it no longer shows its scene."""

import numpy as np
from scipy import ndimage

from lumina.worlds.tabletop.masks import Mask, Picture
from lumina.worlds.tabletop.render import render
from lumina.worlds.tabletop.scenes import Scene


def empty(scene: Scene) -> Picture:
    """The table without the solids."""
    return render(Scene((), scene.ground, scene.light, scene.width, scene.height)).picture


def without_half(picture: Picture, scene: Scene) -> Picture:
    """The left half of the first solid is gone."""
    seen = render(scene).instances == 1
    middle = np.median(np.nonzero(seen)[1])
    gone: Mask = seen & (np.arange(scene.width) < middle)
    return np.where(gone[..., None], empty(scene), picture)


def melted(picture: Picture, scene: Scene) -> Picture:
    """The first solid is blurred to a blob."""
    near = ndimage.binary_dilation(render(scene).instances == 1, iterations=6)
    return np.where(near[..., None], ndimage.gaussian_filter(picture, (4, 4, 0)), picture)
