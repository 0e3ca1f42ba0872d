"""What an instruction of a world's grammar asks for: one wish, and the sentence that says it."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from lumina.worlds.reading.grammar import ThingSaid, always


@dataclass(frozen=True, eq=False)
class Sentences:
    """The sentences that ask for a change: templates by operation, and what may stand in their places.

    ``{it}`` is the thing that is meant, ``{new}`` what it becomes or what is added, ``{way}`` the way that it
    goes, ``{place}`` where beside another one; all other places are of ``values``.
    """

    templates: Mapping[str, Sequence[str]]
    nouns: Collection[str]
    kinds: Mapping[str, Mapping[str, str]]  # what is said before a noun, in this order, and its words
    values: Mapping[str, Mapping[str, str]]  # of each place what may stand there, and its words
    ways: Mapping[str, str]  # of each relation
    relations: Sequence[str]
    changes: Mapping[str, str]  # the operation that changes a kind, those first that are told by it
    phrase: Callable[[ThingSaid], str]  # "a red cube"
    can_be: Callable[[str, str, str], bool] = always  # (noun, kind, quality); see Grammar

    def parse(self, text: str) -> "EditWish | None":
        """The wish of a sentence; None of any other text."""
        for template, pattern in self._patterns.items():
            found = pattern.fullmatch(text)
            if found is not None:
                wish = self._read(template, found.groupdict())
                if wish.text == text and self._is_possible(wish):
                    return wish
        return None

    def text(self, wish: "EditWish") -> str:
        """The sentence of a wish."""
        return wish.template.format(
            it=self._the(wish.it),
            new=self.phrase(wish.new) if wish.new else "",
            way=self.ways.get(wish.relation or "", ""),
            place=f"{wish.relation} {self._the(wish.anchor)}",
            **{place: words.get(wish.value, "") for place, words in self.values.items()},
        )

    def operation(self, template: str) -> str:
        """What a template asks for, without where: "add" of "add at"."""
        name = next(name for name, texts in self.templates.items() if template in texts)
        return name.split(" ")[0]

    def _is_possible(self, wish: "EditWish") -> bool:
        """Whether there are such things, and one can become what it is to be."""
        kinds = [kind for kind in self.kinds if wish.it and f"{{{kind}}}" in wish.template]
        said = [(wish.it.noun, kind, wish.value) for kind in kinds if wish.it]
        for thing in (wish.it, wish.new, wish.anchor):
            said += [(thing.noun, *each) for each in thing.said] if thing else []
        return all(self.can_be(*each) for each in said)

    def _the(self, thing: ThingSaid | None) -> str:
        return "" if thing is None else f"the {_ARTICLE.sub('', self.phrase(thing))}"

    def _read(self, template: str, said: Mapping[str, str | None]) -> "EditWish":
        places = ((words, said[place]) for place, words in self.values.items() if place in said)
        value = next((value for words, word in places for value, each in words.items() if each == word), "")
        relation = next((way for way, words in self.ways.items() if words == said.get("way")), None)
        thing = self._thing
        return EditWish(
            self,
            template,
            thing(said.get("it")),
            thing(said.get("new")),
            value,
            relation or said.get("relation"),
            thing(said.get("anchor")),
        )

    def _thing(self, words: str | None) -> ThingSaid | None:
        found = None if words is None else self._named.fullmatch(words)
        if found is None:
            return None
        said = {
            kind: next(quality for quality, each in options.items() if each == found[kind])
            for kind, options in self.kinds.items()
            if found[kind]
        }
        return thing_said(found["noun"], said)

    @cached_property
    def _named(self) -> re.Pattern[str]:
        qualities = "".join(f"(?:(?P<{kind}>{_any(words.values())}) )?" for kind, words in self.kinds.items())
        return re.compile(f"(?:(?:the|an?) )?{qualities}(?P<noun>{_any(self.nouns)})")

    @cached_property
    def _patterns(self) -> dict[str, re.Pattern[str]]:
        """What each template looks like with its places filled."""
        qualities = "".join(f"(?:(?:{_any(words.values())}) )?" for words in self.kinds.values())
        thing = f"{qualities}(?:{_any(self.nouns)})"
        places = {
            "it": f"the {thing}",
            "new": f"(?:an? )?{thing}",
            "way": _any(self.ways.values()),
            **{place: _any(words.values()) for place, words in self.values.items()},
        }
        named = {name: f"(?P<{name}>{pattern})" for name, pattern in places.items()}
        named["place"] = f"(?P<relation>{_any(self.relations)}) (?P<anchor>the {thing})"
        templates = (text for texts in self.templates.values() for text in texts)
        return {template: re.compile(template.format(**named)) for template in templates}


@dataclass(frozen=True)
class EditWish:
    """One change: a template of the grammar, and what stands in its places.

    ``it`` is the thing that is meant, ``new`` what it becomes or what is added, ``value`` a quality, a ground
    or a light. A ``relation`` without an ``anchor`` is the way that a thing goes.
    """

    sentences: Sentences = field(repr=False)
    template: str
    it: ThingSaid | None = None
    new: ThingSaid | None = None
    value: str = ""
    relation: str | None = None
    anchor: ThingSaid | None = None

    @property
    def text(self) -> str:
        """The sentence."""
        return self.sentences.text(self)

    @property
    def operation(self) -> str:
        """Of the operations of the world the one that is asked for."""
        if self.it is None or self.new is None:
            return self.sentences.operation(self.template)
        return "replace" if self.it.noun != self.new.noun else self.sentences.changes[self._kind]

    @property
    def meaning(self) -> tuple[object, ...]:
        """What is the same for all sentences that ask for the same."""
        value, new = self.value, self.new
        if new is not None and self.it is not None and self.it.noun == new.noun:
            value, new = new.of(self._kind) or "", None
        return self.operation, self.it, new, value, self.relation, self.anchor

    @property
    def _kind(self) -> str:
        """The kind that is another one where a thing becomes one of the same noun."""
        kinds = [*self.sentences.changes]
        it, new = self.it, self.new
        changed = (kind for kind in kinds if it and new and new.of(kind) not in (None, it.of(kind)))
        return next(changed, kinds[-1])


def thing_said(noun: str, said: Mapping[str, str]) -> ThingSaid:
    """One thing, what is said of it in the order of the kinds."""
    return ThingSaid(1, noun, tuple(sorted(said.items())))


_ARTICLE = re.compile("^an? ")


def _any(words: Iterable[str]) -> str:
    return "|".join(words)
