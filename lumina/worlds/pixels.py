"""The pixels of an image."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Pixels: TypeAlias = NDArray[np.uint8]
"""A picture or a map, [height, width, 3]."""

STEP = 8  # pixels across and down that one code of an embedded model shows
