"""The rows that a page brings of a run which another studio has begun, as it told them itself."""

import re
from collections.abc import Mapping, Sequence

import numpy as np

from lumina.runtime.drawing import Codes
from lumina.ui.messages.canvas import DrawnRows
from lumina.ui.messages.easel import MAX_CODES
from lumina.ui.picture_messages import codes_of_text

_KEY = re.compile(r"[0-9a-f]{64}")


def rows_sent(drawn: Mapping[str, Sequence[DrawnRows]]) -> dict[str, tuple[Codes, ...]]:
    """By the key of a call the rows [k, cols] of its pictures; what is damaged is left out."""
    found = {}
    for key, pictures in drawn.items():
        try:
            if _KEY.fullmatch(key):
                found[key] = tuple(_rows(each) for each in pictures)
        except ValueError:
            continue
    return {key: rows for key, rows in found.items() if any(map(len, rows))}


def _rows(sent: DrawnRows) -> Codes:
    if sum(map(len, sent.codes)) > 8 * MAX_CODES:
        raise ValueError("These are more codes than a picture has.")
    none = np.zeros((0, sent.cols), np.int64)
    return np.concatenate([none, *(codes_of_text(text, sent.cols) for text in sent.codes)])
