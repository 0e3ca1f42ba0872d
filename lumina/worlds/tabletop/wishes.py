"""What an instruction of tabletop's grammar asks for: one wish, and the sentence that says it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from lumina.worlds.tabletop.captions import LIGHT_PHRASES, RELATIONS, Thing, phrase
from lumina.worlds.tabletop.instructing import BIGGER, TEMPLATES, WAYS
from lumina.worlds.tabletop.scenes import COLORS, GROUNDS, LIGHTS, MATERIALS, SHAPES, SIZES


@dataclass(frozen=True)
class EditWish:
    """One change: a template of the grammar, and what stands in its places.

    ``it`` is the solid that is meant, ``new`` what it becomes or what is added, ``value`` a colour, a size,
    a ground or a light. A ``relation`` without an ``anchor`` is the way that a solid goes.
    """

    template: str
    it: Thing | None = None
    new: Thing | None = None
    value: str = ""
    relation: str | None = None
    anchor: Thing | None = None

    @property
    def text(self) -> str:
        """The sentence."""
        return self.template.format(
            it=_the(self.it),
            new=phrase(self.new) if self.new else "",
            bigger=BIGGER.get(self.value, ""),
            when=LIGHT_PHRASES.get(self.value, ""),
            way=WAYS.get(self.relation or "", ""),
            place=f"{self.relation} {_the(self.anchor)}",
            **dict.fromkeys(("color", "size", "ground", "light"), self.value),
        )

    @property
    def operation(self) -> str:
        """Of the operations of tabletop (edits.py) the one that is asked for."""
        if self.it is None or self.new is None:
            name = next(name for name, texts in TEMPLATES.items() if self.template in texts)
            return name.split(" ")[0]
        if self.it.shape != self.new.shape:
            return "replace"
        return "recolour" if self.new.size in (None, self.it.size) else "resize"

    @property
    def meaning(self) -> tuple[object, ...]:
        """What is the same for all sentences that ask for the same."""
        value, new = self.value, self.new
        if self.new is not None and self.operation in ("recolour", "resize"):
            value, new = (self.new.color if self.operation == "recolour" else self.new.size) or "", None
        return self.operation, self.it, new, value, self.relation, self.anchor


def parse_wish(text: str) -> EditWish | None:
    """The wish of a sentence in the grammar of ``instruct``; None of any other text."""
    for template, pattern in _patterns().items():
        found = pattern.fullmatch(text)
        if found is not None:
            wish = _read(template, found.groupdict())
            if wish.text == text:
                return wish
    return None


def _read(template: str, said: dict[str, str]) -> EditWish:
    value = next((said[name] for name in ("color", "size", "ground", "light") if name in said), "")
    value = value or next((size for size, word in BIGGER.items() if word == said.get("bigger")), "")
    value = value or next((light for light, when in LIGHT_PHRASES.items() if when == said.get("when")), "")
    relation = next((way for way, words in WAYS.items() if words == said.get("way")), said.get("relation"))
    return EditWish(
        template, _thing(said.get("it")), _thing(said.get("new")), value, relation, _thing(said.get("anchor"))
    )


def _thing(words: str | None) -> Thing | None:
    if words is None:
        return None
    said = set(words.split(" "))
    shape, color, material, size = (
        next((word for word in kind if word in said), None) for kind in (SHAPES, COLORS, MATERIALS, SIZES)
    )
    return Thing(1, shape or "", color, material, size)


def _the(thing: Thing | None) -> str:
    return "" if thing is None else f"the {phrase(thing).partition(' ')[2]}"


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    """What each template looks like with its places filled."""
    qualities = "".join(f"(?:(?:{_any(kind)}) )?" for kind in (SIZES, COLORS, MATERIALS))
    solid = f"{qualities}(?:{_any(SHAPES)})"
    places = {
        "it": f"the {solid}", "new": f"an? {solid}", "color": _any(COLORS), "size": _any(SIZES),
        "bigger": _any(BIGGER.values()), "ground": _any(GROUNDS), "light": _any(LIGHTS),
        "when": _any(LIGHT_PHRASES.values()), "way": _any(WAYS.values()),
    }  # fmt: skip
    named = {name: f"(?P<{name}>{pattern})" for name, pattern in places.items()}
    named["place"] = f"(?P<relation>{_any(RELATIONS)}) (?P<anchor>the {solid})"
    templates = (text for texts in TEMPLATES.values() for text in texts)
    return {template: re.compile(template.format(**named)) for template in templates}


def _any(words: Iterable[str]) -> str:
    return "|".join(words)
