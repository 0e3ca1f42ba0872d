"""Ray intersection with the four unit shapes, all standing on z = 0.

Each `hit_*` takes ray origins and directions [n, 3] in the shape's own frame (directions of any length)
and returns the ray parameter of the first hit [n], infinity where there is none. `normal` gives the
outward normal at points of the surface.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

SPHERE_RADIUS, SPHERE_HEIGHT = 0.85, 0.85
CUBE_HALF = 0.74
CYLINDER_RADIUS, CYLINDER_HEIGHT = 0.7, 1.55
CONE_RADIUS, CONE_HEIGHT = 0.86, 1.8
EPSILON = 1e-3


def _first(t: NDArray[np.floating], valid: NDArray[np.bool_]) -> Floats:
    return np.where(valid & (t > EPSILON), t, np.inf).astype(np.float32)


def _roots(a: Floats, b: Floats, c: Floats) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Both roots of a t² + 2 b t + c = 0 and where they are real."""
    discriminant = b * b - a * c
    real = (discriminant >= 0) & (np.abs(a) > 1e-9)
    safe = np.where(real, a, 1)
    root = np.sqrt(np.maximum(discriminant, 0))
    near, far = (-b - root) / safe, (-b + root) / safe
    return np.minimum(near, far), np.maximum(near, far), real


def hit_sphere(origin: Floats, direction: Floats) -> Floats:
    o = origin - np.array([0, 0, SPHERE_HEIGHT], dtype=np.float32)
    a = (direction * direction).sum(-1)
    b = (o * direction).sum(-1)
    c = (o * o).sum(-1) - np.float32(SPHERE_RADIUS**2)
    near, _, real = _roots(a, b, c)
    return _first(near, real)


def hit_cube(origin: Floats, direction: Floats) -> Floats:
    o = origin - np.array([0, 0, CUBE_HALF], dtype=np.float32)
    inverse = 1 / np.where(np.abs(direction) < 1e-9, 1e-9, direction)
    a, b = (-CUBE_HALF - o) * inverse, (CUBE_HALF - o) * inverse
    enter, leave = np.minimum(a, b).max(-1), np.maximum(a, b).min(-1)
    return _first(enter, enter <= leave)


def hit_cylinder(origin: Floats, direction: Floats) -> Floats:
    o, d = origin, direction
    a = d[:, 0] ** 2 + d[:, 1] ** 2
    b = o[:, 0] * d[:, 0] + o[:, 1] * d[:, 1]
    c = o[:, 0] ** 2 + o[:, 1] ** 2 - np.float32(CYLINDER_RADIUS**2)
    near, _, real = _roots(a, b, c)
    z = o[:, 2] + near * d[:, 2]
    side = _first(near, real & (z >= 0) & (z <= CYLINDER_HEIGHT))
    lid = (CYLINDER_HEIGHT - o[:, 2]) / np.where(np.abs(d[:, 2]) < 1e-9, 1e-9, d[:, 2])
    x, y = o[:, 0] + lid * d[:, 0], o[:, 1] + lid * d[:, 1]
    return np.minimum(side, _first(lid, x * x + y * y <= CYLINDER_RADIUS**2))


def hit_cone(origin: Floats, direction: Floats) -> Floats:
    o, d = origin, direction
    k = np.float32((CONE_RADIUS / CONE_HEIGHT) ** 2)
    above = CONE_HEIGHT - o[:, 2]
    a = d[:, 0] ** 2 + d[:, 1] ** 2 - k * d[:, 2] ** 2
    b = o[:, 0] * d[:, 0] + o[:, 1] * d[:, 1] + k * above * d[:, 2]
    c = o[:, 0] ** 2 + o[:, 1] ** 2 - k * above**2
    near, far, real = _roots(a, b, c)
    hits = []
    for t in (near, far):
        z = o[:, 2] + t * d[:, 2]
        hits.append(_first(t, real & (z >= 0) & (z <= CONE_HEIGHT)))
    return np.minimum(hits[0], hits[1])


HIT = {
    "sphere": hit_sphere,
    "cube": hit_cube,
    "cylinder": hit_cylinder,
    "cone": hit_cone,
}


def normal(shape: str, p: Floats) -> Floats:
    """Outward unit normals [n, 3] at surface points [n, 3], in the shape's own frame."""
    n = np.zeros_like(p)
    if shape == "sphere":
        n = p - np.array([0, 0, SPHERE_HEIGHT], dtype=np.float32)
    elif shape == "cube":
        local = p - np.array([0, 0, CUBE_HALF], dtype=np.float32)
        axis = np.abs(local).argmax(-1)
        rows = np.arange(len(p))
        n[rows, axis] = np.sign(local[rows, axis])
    elif shape == "cylinder":
        lid = p[:, 2] > CYLINDER_HEIGHT - 2 * EPSILON
        n[:, :2] = np.where(lid[:, None], 0, p[:, :2])
        n[:, 2] = lid
    else:
        n[:, :2] = p[:, :2]
        n[:, 2] = np.linalg.norm(p[:, :2], axis=-1) * CONE_RADIUS / CONE_HEIGHT
    unit: Floats = n / np.maximum(np.linalg.norm(n, axis=-1, keepdims=True), 1e-9)
    return unit
