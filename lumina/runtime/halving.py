"""Successive halving: of several candidates, those of which the model is least sure are dropped on the way.

Jamieson & Talwalkar 2016, arXiv 1502.07943. What compares candidates half-way is the entropy of their codes
so far, which foretells the likelihood of the whole picture; the likelihood so far does not (decision 0028).
"""

from dataclasses import dataclass

RUNGS = (3 / 8, 5 / 8)  # of the rows to be drawn


@dataclass(frozen=True)
class Rung:
    """Where candidates are compared: at so many ``rows``, beyond which so many are ``kept``."""

    rows: int
    kept: int


def rungs(first: int, last: int, candidates: int) -> tuple[Rung, ...]:
    """Where candidates are compared whose rows ``first`` to ``last`` - 1 are drawn; half stay, rounded up."""
    found = list[Rung]()
    for part in RUNGS:
        row, left = first + int(part * (last - first)), found[-1].kept if found else candidates
        if row > first and left > 1:
            found.append(Rung(row, (left + 1) // 2))
    return tuple(found)


def share(rows: int, candidates: int) -> float:
    """Which share of the rows of all candidates is drawn."""
    return planned(rows, candidates)[0] / max(rows * candidates, 1)


def planned(rows: int, candidates: int) -> tuple[int, int]:
    """How many rows of pictures of ``rows`` rows are drawn in all, and how many pictures to the end."""
    total, above, left = 0, 0, candidates
    for rung in rungs(0, rows, candidates):
        total, above, left = total + left * (rung.rows - above), rung.rows, rung.kept
    return total + left * (rows - above), left
