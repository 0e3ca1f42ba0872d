"""The one camera of the tabletop world: parallel rays, seen from the front and 30° from above.

There is no perspective: 40 pixels are one world unit across the view, a solid looks alike wherever it
stands, and a step of 8 pixels over the ground is exactly 0.2 units to the right or 0.4 units away.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

SCALE = 40.0  # pixels for a world unit; the same for every frame
DISTANCE = 8.0  # world units from the plane where rays begin to the ground in the frame's middle
SINE, COSINE = 0.5, 0.75**0.5  # of the 30° that the camera looks down; z is up, y goes away from the viewer

RIGHT = np.array([1, 0, 0], dtype=np.float32)
UP = np.array([0, SINE, COSINE], dtype=np.float32)
FORWARD = np.array([0, COSINE, -SINE], dtype=np.float32)  # the direction of every ray
TO_CAMERA = np.stack([RIGHT, UP, -FORWARD])  # world → (right, up, towards the viewer)


@lru_cache(maxsize=16)
def origins(width: int, height: int, samples: int = 2) -> Floats:
    """Where the rays through the sample points of all pixels begin, [height·samples, width·samples, 3]."""
    xs = ((np.arange(width * samples) + 0.5) / samples - width / 2) / SCALE
    ys = (height / 2 - (np.arange(height * samples) + 0.5) / samples) / SCALE
    points = xs[None, :, None] * RIGHT + ys[:, None, None] * UP - DISTANCE * FORWARD
    points = points.astype(np.float32)
    points.setflags(write=False)
    return points


def project(points: Floats, width: int, height: int) -> Floats:
    """Pixel coordinates [n, 2] (x to the right, y down) of world points [n, 3]."""
    seen = points @ np.stack([RIGHT, UP]).T * SCALE
    return np.stack([width / 2 + seen[:, 0], height / 2 - seen[:, 1]], axis=-1).astype(np.float32)


def to_ground(x: float, y: float, width: int, height: int) -> tuple[float, float]:
    """World (x, y) of the ground point seen at a pixel position."""
    return (x - width / 2) / SCALE, (height / 2 - y) / (SCALE * SINE)
