"""Help with the first sentence: good prompts, and what to say instead of words the model has never seen."""

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lumina.worlds.tabletop import captions
from lumina.worlds.tabletop.instructing import EDIT_WORDS
from lumina.worlds.tabletop.scenes import COLORS, MATERIALS, SHAPES

VERBS = ("make", "remove", "add")  # that an edit may begin with
MAX_NAMED = 3  # unknown words named at once


@dataclass(frozen=True)
class Guide:
    """What a model likes to hear: a maker of prompts, a few good ones, and its unknown words."""

    examples: tuple[str, ...]
    suggest: Callable[[], str]
    unknown: Callable[[str], list[dict[str, Any]]]


def guide_of(model: str, task: str = "") -> Guide:
    """The guide for a model and a task by name; only tabletop has a vocabulary small enough to be checked."""
    if model == "tabletop":
        unknown = _unknown_in_edit if task == "edit" else _unknown_words
        return Guide(TABLETOP_EXAMPLES, _random_caption, unknown)
    return Guide(EXAMPLES, lambda: secrets.choice(EXAMPLES), lambda prompt: [])


TABLETOP_EXAMPLES = (
    "a yellow cylinder left of a blue cone",
    "two green cones",
    "a large purple cone",
    "a blue cone in front of a red cube",
)
EXAMPLES = (
    "a lighthouse on a cliff at dusk, oil painting",
    "a bowl of ripe apricots on a blue linen cloth, soft window light",
    "a fox asleep in autumn leaves, close-up photograph",
    "a small wooden cabin under the northern lights",
)


def swapped(prompt: str, swap: Mapping[str, Any]) -> str:
    """``prompt`` with one word replaced wherever it stands alone."""
    word, known = str(swap.get("word", "")), str(swap.get("known", ""))
    if not re.fullmatch(r"[a-z]{1,100}", word):
        return prompt
    return re.sub(rf"(?<![A-Za-z]){word}(?![A-Za-z])", known, prompt, flags=re.IGNORECASE)


def _random_caption() -> str:
    return captions.random_prompt(secrets.randbelow(2**31))


def _unknown_words(prompt: str) -> list[dict[str, Any]]:
    """Each unknown word with the known ones to click on instead."""
    words = captions.words_of(prompt)
    unknown = captions.unknown_words(prompt)[:MAX_NAMED]
    return [{"word": word, "known": _instead_of(word, words)} for word in unknown]


def _unknown_in_edit(instruction: str) -> list[dict[str, Any]]:
    """As for a prompt; an instruction has words of its own, and begins with one of them."""
    words = captions.words_of(instruction)
    unknown = [word for word in captions.unknown_words(instruction) if word not in _OF_EDITS][:MAX_NAMED]
    return [
        {"word": word, "known": list(VERBS) if word == words[0] else _instead_of(word, words)}
        for word in unknown
    ]


def _instead_of(word: str, words: Sequence[str]) -> list[str]:
    """A word that means or looks the same; else colours before a thing that is known, shapes elsewhere."""
    near = captions.known_word_near(word)
    if near and near in captions.unknown_words(" ".join([near, *words[words.index(word) + 1 :]])):
        near = captions.known_word_near(near)  # known, but not of what it is said of
    if near:
        return [near]
    place = words.index(word) + 1
    if place < len(words) and captions.PLURALS.get(words[place], words[place]) in _THINGS:
        return list(COLORS)[:3]
    return [f"{shape}{'s' if word.endswith('s') else ''}" for shape in SHAPES[:3]]


_OF_EDITS = EDIT_WORDS - captions.KNOWN_WORDS
_THINGS = {*SHAPES, *MATERIALS, "ground"}
