"""Help with the first sentence: good prompts, and what to say instead of words the model has never seen."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lumina.model.config import ModelSpec
from lumina.tasks.fields import MAX_TEXT
from lumina.worlds import language_of, world_of
from lumina.worlds.language import Kind, Understood, UnknownWord

LONGEST_WORD = 200  # characters of one that is exchanged by a click


@dataclass(frozen=True)
class Guide:
    """What a model likes to hear: good prompts, a maker of them, and words it does not know."""

    examples: tuple[str, ...]
    suggest: Callable[[], str]
    unknown: Callable[[str], tuple[UnknownWord, ...]]
    replaced: Callable[[str, str, str], str]
    reading: Callable[[str], Understood | None]
    knows: str = ""  # what there is to ask for, in a sentence


def guide_of(spec: ModelSpec, kind: Kind = "prompt") -> Guide:
    """The guide for words of a kind; only a model of a small world has words that it does not know."""
    world = world_of(spec.world)
    if world is None:
        return Guide(
            EXAMPLES,
            lambda: secrets.choice(EXAMPLES),
            lambda text: (),
            lambda text, *_: text,
            lambda text: None,
        )
    return Guide(
        world.prompts,
        lambda: world.suggest(secrets.randbelow(2**31)),
        lambda text: world.language.unknown_words(text[:MAX_TEXT], kind),
        world.language.replaced,
        lambda text: world.language.reading(text[:MAX_TEXT], kind),
        f"{world.knows} For example: {world.prompts[0]}",
    )


def better_informed(text: str, here: ModelSpec, others: Sequence[ModelSpec]) -> ModelSpec | None:
    """Which other model of a small world draws from a prompt and knows more of its words; None if none."""
    text, best = text[:MAX_TEXT], None
    _, fewest = _unknown(text, here)
    for other in others if fewest else ():
        is_drawn, unknown = _unknown(text, other)
        if is_drawn and unknown < fewest:
            best, fewest = other, unknown
    return best


def _unknown(text: str, spec: ModelSpec) -> tuple[bool, int]:
    """Whether a model's small world has something of a prompt, and how many of its words it does not know."""
    language = language_of(spec.world)
    if language is None:
        return False, 0
    reading = language.reading(text)
    left = reading.left_out if reading else language.unknown_words(text)
    is_drawn = reading is not None or (not left and language.normalize(text) != "")
    return is_drawn, sum(not word.note for word in left)


EXAMPLES = (
    "a lighthouse on a cliff at dusk, oil painting",
    "a bowl of ripe apricots on a blue linen cloth, soft window light",
    "a fox asleep in autumn leaves, close-up photograph",
    "a small wooden cabin under the northern lights",
)


def swapped(text: str, swap: Any, guide: Guide) -> str:
    """``text`` with one word exchanged for another as the page asks, {word, known}."""
    if not isinstance(swap, Mapping):
        return text
    word, known = (str(swap.get(name, "")) for name in ("word", "known"))
    is_short = max(len(word), len(known)) <= LONGEST_WORD and len(text) <= MAX_TEXT
    return guide.replaced(text, word, known) if is_short else text
