"""Text to image in GenEval's six categories (Ghosh et al. 2023), and drawings that no training has seen."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lumina.worlds.benchmark import Ask, Case, Turns, Verdict
from lumina.worlds.stickers.captions import RELATIONS, Claim, Thing, text_of
from lumina.worlds.stickers.judge import obeys
from lumina.worlds.stickers.nouns import BARE, PAINTED
from lumina.worlds.stickers.scenes import nouns, unseen_styles
from lumina.worlds.stickers.sprites import COLORS

CATEGORIES = ("single_object", "two_objects", "counting", "colors", "position", "color_attribution")


@dataclass(frozen=True)
class Prompt:
    """One thing to draw and to judge: its category, claim and the seed of its noise."""

    category: str
    claim: Claim
    seed: int

    @property
    def text(self) -> str:
        """The claim in English."""
        return text_of(self.claim)


@dataclass(frozen=True)
class PromptCase:
    """A prompt to draw; the score of a benchmark is the mean of its categories, as in GenEval."""

    prompt: Prompt
    row: str = "text_to_image"

    def turns(self) -> Turns:
        """See Case. Every category has as many prompts, so `overall` is the mean of all."""
        prompt = self.prompt
        drawn = yield Ask("text_to_image", {"prompt": prompt.text, "seed": prompt.seed})
        accepted, reasons = obeys(drawn["image"], prompt.claim)
        values = {"overall": accepted, prompt.category: accepted}
        return Verdict(self.row, prompt.text, (drawn["image"],), values, reasons)


def prompt_cases(count: int, seed: int) -> Iterator[Case]:
    """`count` // 6 prompts (at least one) of each category."""
    return map(PromptCase, prompts(count, seed))


def prompts(limit: int, seed: int) -> list[Prompt]:
    """`limit` // 6 prompts (at least one) of each category, seeded; the model chooses what is not named."""
    each = max(limit // len(CATEGORIES), 1)
    found: list[Prompt] = []
    for i, category in enumerate(CATEGORIES):
        rng = np.random.default_rng([seed, 6, i])
        order = [str(noun) for noun in rng.permutation(nouns())]  # each noun comes before any comes again
        for j in range(each):
            first = order[j % len(order)]
            found.append(Prompt(category, _claim(category, first, rng), seed + len(found)))
    return found


def _claim(category: str, noun: str, rng: np.random.Generator) -> Claim:
    """A random claim of a category, of a noun where any noun will do."""
    if category == "single_object":
        return Claim((Thing(1, noun),))
    if category == "counting":
        return Claim((Thing(int(rng.integers(2, 5)), noun if noun not in BARE else _other(noun, rng)),))
    if category == "colors":
        return Claim((Thing(1, str(rng.choice(PAINTED)), color=str(rng.choice(list(COLORS)))),))
    if category == "color_attribution":
        pair = rng.choice(PAINTED, 2, replace=False)
        colors = rng.choice(list(COLORS), 2, replace=False)
        return Claim(tuple(Thing(1, str(n), color=str(c)) for n, c in zip(pair, colors, strict=True)))
    relation = str(rng.choice(RELATIONS)) if category == "position" else None
    return Claim((Thing(1, noun), Thing(1, _other(noun, rng))), relation)


def _other(noun: str, rng: np.random.Generator) -> str:
    return str(rng.choice([other for other in nouns() if other != noun and other not in BARE]))


def unseen_cases(count: int, seed: int) -> Iterator[Case]:
    """`count` nouns, each in a style in which no training has shown it."""
    rng = np.random.default_rng([seed, 8])
    pairs = [(noun, style) for noun in nouns() for style in unseen_styles(noun)]
    for i in range(max(count, 1)):
        noun, style = pairs[int(rng.permutation(len(pairs))[i % len(pairs)])]
        yield PromptCase(Prompt("unseen", Claim((Thing(1, noun, style),)), seed + i), "unseen_style")
