"""The one camera of the tabletop world: rays through pixels and pixels of points."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

EYE = np.array([0.0, -4.7, 3.1], dtype=np.float32)  # world units; z is up, y goes away from the viewer
TARGET = np.array([0.0, 0.0, 0.42], dtype=np.float32)
FOCAL = 236.0  # pixels; the same for every frame, so solids keep their size when the frame changes


def _axes() -> tuple[Floats, Floats, Floats]:
    forward = TARGET - EYE
    forward = forward / np.linalg.norm(forward)
    right = np.array([1.0, 0.0, 0.0], dtype=np.float32)
    up = np.cross(right, forward).astype(np.float32)
    return right, up, forward.astype(np.float32)


RIGHT, UP, FORWARD = _axes()
TO_CAMERA = np.stack([RIGHT, UP, -FORWARD])  # world → (right, up, towards the viewer)


@lru_cache(maxsize=16)
def rays(width: int, height: int, samples: int = 2) -> Floats:
    """Unit directions [height·samples, width·samples, 3] through the sample points of all pixels."""
    xs = (np.arange(width * samples, dtype=np.float32) + 0.5) / samples - width / 2
    ys = height / 2 - (np.arange(height * samples, dtype=np.float32) + 0.5) / samples
    directions = (xs[None, :, None] / FOCAL * RIGHT + ys[:, None, None] / FOCAL * UP + FORWARD).astype(
        np.float32
    )
    directions /= np.linalg.norm(directions, axis=-1, keepdims=True)
    directions.setflags(write=False)
    return directions


def project(points: Floats, width: int, height: int) -> Floats:
    """Pixel coordinates [n, 2] (x to the right, y down) of world points [n, 3]."""
    seen = (points - EYE) @ np.stack([RIGHT, UP, FORWARD]).T
    x = seen[:, 0] / seen[:, 2] * FOCAL + width / 2
    y = height / 2 - seen[:, 1] / seen[:, 2] * FOCAL
    return np.stack([x, y], axis=-1).astype(np.float32)


def to_ground(x: float, y: float, width: int, height: int) -> tuple[float, float]:
    """World (x, y) of the ground point seen at a pixel position."""
    direction = (x - width / 2) / FOCAL * RIGHT + (height / 2 - y) / FOCAL * UP + FORWARD
    reach = -EYE[2] / direction[2]
    point = EYE + reach * direction
    return float(point[0]), float(point[1])
