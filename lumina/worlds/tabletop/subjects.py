"""Subjects: a patterned solid alone on white, and the same solid in a new scene with words for both."""

from dataclasses import dataclass, replace

import numpy as np

from lumina.worlds.tabletop import camera
from lumina.worlds.tabletop.captions import Claim, Thing, relation_of
from lumina.worlds.tabletop.edits import SceneEdit
from lumina.worlds.tabletop.scenes import (
    GROUNDS,
    PATTERNS,
    TURNS,
    Scene,
    Solid,
    place,
    sample_solids,
)

FOOT = (64.0, 80.0)  # pixel where a subject stands in its own square picture
COMPANY = (0.45, 0.55)  # chances of no and of one plain solid beside the subject
UNSEEN_PATTERNS = {("cube", "dotted")}  # no dot of the pattern's lattice reaches a cube's faces
FRAME = (128, 128)


@dataclass(frozen=True)
class Request:
    """What is said of a subject, and the sentence of its new scene as a claim; the subject comes first."""

    description: str
    claim: Claim


def sample_subject(rng: np.random.Generator) -> SceneEdit:
    """A subject on white (`before`) and in a new scene (`after`), there `solids[0]` and where it stood."""
    while True:
        subject = replace(sample_solids(rng)[0], size="large", pattern=str(rng.choice(PATTERNS[1:])))
        if (subject.shape, subject.pattern) in UNSEEN_PATTERNS:
            continue
        count = int(rng.choice(len(COMPANY), p=COMPANY))
        others = [other for other in sample_solids(rng) + sample_solids(rng) if _differs(other, subject)]
        before = alone(subject, rng)
        company = place(others[:count], *FRAME, rng, before.solids) if len(others) >= count else None
        if company is not None:
            after = Scene((*before.solids, *company), str(rng.choice(GROUNDS)), "daylight", *FRAME)
            return SceneEdit("subject", before, after, 0)


def _differs(other: Solid, subject: Solid) -> bool:
    """Solids beside the subject have another colour and another shape, so that it is never taken for one."""
    return other.color != subject.color and other.shape != subject.shape


def alone(subject: Solid, rng: np.random.Generator) -> Scene:
    """The subject by itself on the white ground in daylight."""
    x, y = camera.to_ground(*FOOT, *FRAME)
    turn = int(rng.choice(TURNS)) if subject.shape == "cube" else 0
    return Scene((replace(subject, x=round(x, 3), y=round(y, 3), turn=turn),), "white", "daylight", *FRAME)


def request(pair: SceneEdit, rng: np.random.Generator) -> Request:
    """Random true words for a pair: for the subject all, some or none of its looks, for the scene a claim."""
    subject, *others = pair.after.solids
    said = (subject.pattern, subject.color) if (chance := rng.random()) < 0.6 else (subject.color,)
    words = [*(said if chance < 0.85 else ()), subject.shape]
    first = Thing(1, subject.shape, subject.color if rng.random() < 0.7 else None)
    rest = [Thing(1, other.shape, other.color) for other in others]
    relation = None
    if len(rest) == 1 and rng.random() < 0.8:
        relation = relation_of(subject, others[0], pair.after.width, pair.after.height)
    ground = pair.after.ground if rng.random() < 0.85 else None
    light = pair.after.light if rng.random() < 0.5 or ground is None else None
    return Request(" ".join(words), Claim(_counted((first, *rest)), relation, ground, light))


def _counted(things: tuple[Thing, ...]) -> tuple[Thing, ...]:
    """Equal things as one thing of several."""
    return tuple(replace(thing, count=things.count(thing)) for thing in dict.fromkeys(things))
