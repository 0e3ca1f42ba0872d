"""Shapes: what rays hit lies on the surface, and normals point at the viewer."""

import numpy as np
import pytest

from lumina.worlds.tabletop import shapes
from lumina.worlds.tabletop.scenes import EXTENT, SHAPES


def rays(count=4000, seed=0):
    """Rays from a distance towards points near the shape."""
    rng = np.random.default_rng(seed)
    origin = np.array([0.5, -6.0, 4.0], dtype=np.float32) + rng.normal(0, 0.3, (count, 3))
    target = rng.uniform((-1, -1, 0), (1, 1, 1.8), (count, 3))
    return origin.astype(np.float32), (target - origin).astype(np.float32)


def off_surface(shape, p):
    """Signed distance-like measure: 0 on the surface of the unit shape."""
    x, y, z = p.T.astype(float)
    across = np.hypot(x, y)
    if shape == "sphere":
        return np.hypot(across, z - shapes.SPHERE_HEIGHT) - shapes.SPHERE_RADIUS
    if shape == "cube":
        return np.max(np.abs([x, y, z - shapes.CUBE_HALF]), axis=0) - shapes.CUBE_HALF
    if shape == "cylinder":
        return np.maximum(across - shapes.CYLINDER_RADIUS, z - shapes.CYLINDER_HEIGHT)
    if shape == "cone":
        return across - shapes.CONE_RADIUS * (1 - z / shapes.CONE_HEIGHT)
    return np.hypot(across - shapes.RING_RADIUS, z - shapes.RING_TUBE) - shapes.RING_TUBE


@pytest.mark.parametrize("shape", SHAPES)
def test_hits_lie_on_the_surface(shape):
    origin, direction = rays()
    reach = shapes.HIT[shape](origin, direction)
    hit = np.isfinite(reach)
    assert 0.1 < hit.mean() < 0.9
    points = origin[hit] + reach[hit, None] * direction[hit]
    assert np.abs(off_surface(shape, points)).max() < 5e-3
    wide, tall = EXTENT[shape]
    assert np.abs(points[:, :2]).max() <= wide + 1e-3
    assert -1e-3 <= points[:, 2].min() <= points[:, 2].max() <= tall + 1e-3


@pytest.mark.parametrize("shape", SHAPES)
def test_the_first_hit_is_found(shape):
    origin, direction = rays(600)
    reach = shapes.HIT[shape](origin, direction)
    hit = np.isfinite(reach)
    for share in np.linspace(0.3, 0.99, 12):  # nothing of the shape lies before the hit
        before = origin[hit] + share * reach[hit, None] * direction[hit]
        inside = (off_surface(shape, before) < -5e-3) & (before[:, 2] > 0)
        if shape == "cone":
            inside &= before[:, 2] < shapes.CONE_HEIGHT
        assert not inside.any()


@pytest.mark.parametrize("shape", SHAPES)
def test_normals_are_unit_and_face_the_viewer(shape):
    origin, direction = rays()
    reach = shapes.HIT[shape](origin, direction)
    hit = np.isfinite(reach)
    normal = shapes.normal(shape, origin[hit] + reach[hit, None] * direction[hit])
    assert np.allclose(np.linalg.norm(normal, axis=-1), 1, atol=1e-4)
    assert ((normal * direction[hit]).sum(-1) <= 1e-2).mean() > 0.99
