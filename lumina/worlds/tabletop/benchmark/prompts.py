"""Text to image in GenEval's six categories (Ghosh et al. 2023): prompts, and the judge's verdict."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations, product

import numpy as np

from lumina.worlds.benchmark import Ask, Case, Turns, Verdict
from lumina.worlds.tabletop.captions import RELATIONS, Claim, Thing, text_of
from lumina.worlds.tabletop.judge import obeys
from lumina.worlds.tabletop.scenes import COLORS, FRAMES, SHAPES

CATEGORIES = ("single_object", "two_objects", "counting", "colors", "position", "color_attribution")
SQUARE, WIDE, TALL = FRAMES
FRAME_CYCLE = (SQUARE, WIDE, SQUARE, SQUARE, TALL, SQUARE)  # two thirds are of the default size


@dataclass(frozen=True)
class Prompt:
    """One thing to draw and to judge: its category, claim, frame in pixels and the seed of its noise."""

    category: str
    claim: Claim
    width: int
    height: int
    seed: int

    @property
    def text(self) -> str:
        """The claim in English."""
        return text_of(self.claim)


@dataclass(frozen=True)
class PromptCase:
    """A prompt to draw; the score of a benchmark is the mean of its categories, as in GenEval."""

    prompt: Prompt

    def turns(self) -> Turns:
        """See Case. Every category has as many prompts, so `overall` is the mean of all."""
        prompt = self.prompt
        size = {"width": prompt.width, "height": prompt.height}
        drawn = yield Ask("text_to_image", {"prompt": prompt.text, **size, "seed": prompt.seed})
        accepted, reasons = obeys(drawn["image"], prompt.claim)
        values = {"overall": accepted, prompt.category: accepted}
        return Verdict("text_to_image", prompt.text, (drawn["image"],), values, reasons)


def prompt_cases(count: int, seed: int) -> Iterator[Case]:
    """`count` // 6 prompts (at least one) of each category."""
    return map(PromptCase, prompts(count, seed))


def prompts(limit: int, seed: int) -> list[Prompt]:
    """`limit` // 6 prompts (at least one) of each category, seeded."""
    each = max(limit // len(CATEGORIES), 1)
    chosen = [
        (category, claim)
        for i, category in enumerate(CATEGORIES)
        for claim in _choose(list(_claims(category)), each, np.random.default_rng([seed, 6, i]))
    ]
    frames = [FRAME_CYCLE[i % each % len(FRAME_CYCLE)] for i in range(len(chosen))]
    return [
        Prompt(category, claim, *frame, seed=seed + i)
        for i, ((category, claim), frame) in enumerate(zip(chosen, frames, strict=True))
    ]


def _choose(claims: list[Claim], count: int, rng: np.random.Generator) -> list[Claim]:
    """A random choice in which no claim comes back before all others came."""
    rounds = -(-count // len(claims))
    order = [int(i) for _ in range(rounds) for i in rng.permutation(len(claims))]
    return [claims[i] for i in order[:count]]


def _claims(category: str) -> Iterator[Claim]:
    """Every claim of a category; of what is not named, the model may choose freely."""
    pairs = list(permutations(SHAPES, 2))
    if category == "single_object":
        yield from (Claim((Thing(1, shape),)) for shape in SHAPES)
    elif category == "two_objects":
        yield from (Claim((Thing(1, a), Thing(1, b))) for a, b in pairs)
    elif category == "counting":
        yield from (Claim((Thing(count, shape),)) for shape, count in product(SHAPES, (2, 3, 4)))
    elif category == "colors":
        yield from (Claim((Thing(1, shape, color),)) for color, shape in product(COLORS, SHAPES))
    elif category == "position":
        yield from (
            Claim((Thing(1, a), Thing(1, b)), relation) for (a, b), relation in product(pairs, RELATIONS)
        )
    else:
        yield from (
            Claim((Thing(1, a, color_a), Thing(1, b, color_b)))
            for (color_a, a), (color_b, b) in permutations(product(COLORS, SHAPES), 2)
            if color_a != color_b and a != b
        )
