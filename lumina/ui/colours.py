"""Colours for maps of one value: well known scales as small tables, with straight lines in between."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Picture = NDArray[np.uint8]

SCALES: dict[str, tuple[str, ...]] = {  # evenly spaced colours, from 0 to 1
    "grey": ("000000", "ffffff"),
    "viridis": (
        "440154", "482878", "3e4989", "31688e", "26828e", "1f9e89", "35b779", "6ece58", "b5de2b", "fde725",
    ),
    "magma": (
        "000004", "180f3d", "440f76", "721f81", "9e2f7f", "cd4071", "f1605d", "fd9668", "feca8d", "fcfdbf",
    ),
    "turbo": (
        "30123b", "4145ab", "4675ed", "39a2fc", "1bcfd4", "24eca6", "61fc6c", "a4fc3b", "d1e834", "f3c63a",
        "fe9b2d", "f36315", "d93806", "b11901", "7a0402",
    ),
}  # fmt: skip


def coloured(values: Floats, scale: str) -> Picture:
    """Values [h, w] from 0 to 1 as a picture [h, w, 3]; what lies outside takes the colour of the end."""
    table = np.array([tuple(bytes.fromhex(colour)) for colour in SCALES[scale]], np.float32)
    places = np.linspace(0, 1, len(table))
    channels = [np.interp(values, places, table[:, channel]) for channel in range(3)]
    return (np.stack(channels, axis=-1) + 0.5).astype(np.uint8)
