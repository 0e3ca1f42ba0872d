"""Subjects: a sticker alone on white, and the same sticker in a new scene with words for both."""

from dataclasses import dataclass, replace

import numpy as np

from lumina.worlds.stickers.captions import Claim, Thing, relation_of
from lumina.worlds.stickers.edits import SceneEdit
from lumina.worlds.stickers.nouns import ANY
from lumina.worlds.stickers.scenes import (
    GROUNDS,
    Scene,
    Sticker,
    another,
    place,
    random_sticker,
    strangers,
)

PLACE = (32, 32)  # pixel of the upper left corner of a subject, which is large
COMPANY = 0.5  # chance of one sticker beside the subject
UNNAMED = 0.35  # share of subjects that are called a sticker and nothing else
NAMED = 0.7  # share of the others that their new scene's sentence names, too


@dataclass(frozen=True)
class Request:
    """What is said of a subject, and the sentence of its new scene as a claim; the subject comes first."""

    description: str
    claim: Claim


def sample_subject(rng: np.random.Generator, *, stranger: bool = False) -> SceneEdit:
    """A subject on white (`before`) and in a new scene (`after`), there `stickers[0]` and where it was.

    A `stranger` is one of the drawings that no training sees.
    """
    known = strangers()[int(rng.integers(len(strangers())))] if stranger else None
    subject = random_sticker(rng, "large")
    if known is not None:
        subject = Sticker(known.noun, known.style, known.color, "large")
    subject = replace(subject, x=PLACE[0], y=PLACE[1])
    company: tuple[Sticker, ...] = ()
    if rng.random() < COMPANY:
        other = random_sticker(rng, "small")
        while other.noun == subject.noun:
            other = random_sticker(rng, "small")
        company = place([other], rng, [subject]) or ()
    after = Scene((subject, *company), another(GROUNDS, "white", rng))
    return SceneEdit("subject", Scene((subject,), "white"), after, 0)


def request(pair: SceneEdit, rng: np.random.Generator) -> Request:
    """Random true words for a pair: for the subject all, some or none of its looks, for the scene a claim."""
    subject, *others = pair.after.stickers
    is_named = subject.drawing not in strangers() and rng.random() >= UNNAMED
    looks = [q for q in (subject.color, subject.style) if q and rng.random() < 0.5] if is_named else []
    noun = subject.noun if is_named else ANY
    things = [Thing(1, noun if rng.random() < NAMED else ANY)]
    things += [Thing(1, other.noun, None, other.color or None) for other in others]
    relation = relation_of(subject, others[0]) if others and rng.random() < 0.8 else None
    ground = pair.after.ground if rng.random() < 0.9 else None
    return Request(" ".join([*looks, noun]), Claim(tuple(things), relation, ground))
