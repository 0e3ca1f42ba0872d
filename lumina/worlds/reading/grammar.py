"""What the scenes of a world are made of, as free wording is read: nouns, qualities, grounds, relations."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property


@dataclass(frozen=True)
class Reasons:
    """Why something that was understood is not drawn, in the words of a world."""

    no_place: str
    one_place: str
    not_there: str
    on_thing: str
    of_nothing: str
    of_ground: str  # "{}" is what no thing can be, but the ground
    one_quality: str
    no_such: str
    one_of_each: str
    too_many: str
    uncounted: str = ""
    no_ground: str = ""  # of what is said of the ground; empty where `of_nothing` says it


@dataclass(frozen=True)
class ThingSaid:
    """How many of a noun, and what is said of them by kind."""

    count: int
    noun: str
    said: tuple[tuple[str, str], ...] = ()

    def of(self, kind: str) -> str | None:
        """What is said of a kind."""
        return dict(self.said).get(kind)

    @property
    def qualities(self) -> frozenset[str]:
        """Everything that is said of it."""
        return frozenset(dict(self.said).values())

    def but(self, kind: str, quality: str | None) -> "ThingSaid":
        """With another quality of a kind, or none."""
        changed = {**dict(self.said), kind: quality}
        return replace(self, said=tuple(sorted((kind, of) for kind, of in changed.items() if of)))


@dataclass(frozen=True)
class SceneMeant:
    """What is to be drawn: things, the relation of the first to the second, the ground and the light."""

    things: tuple[ThingSaid, ...]
    relation: str | None = None
    ground: str | None = None
    light: str | None = None


def always(noun: str, kind: str, quality: str) -> bool:
    """That every noun can have every quality."""
    return True


@dataclass(frozen=True, eq=False)
class Grammar:
    """What there is to say in a world, in signs (reading/signs.py)."""

    noun_of: Mapping[str, str]  # the noun of each sign that names one or several things
    plurals: Collection[str]  # the signs that name several
    kinds: Mapping[str, Collection[str]]  # of qualities, one of which is "color"
    grounds: Collection[str]
    lights: Collection[str]  # and what else may be said of the picture without an "on"
    opposite: Mapping[str, str]  # of each relation
    reasons: Reasons
    can_be: Callable[[str, str, str], bool] = always  # (noun, kind, quality)
    uncounted: Collection[str] = ()  # nouns of which nobody counts several
    on: str | None = None  # the relation that "on" another thing is
    relates_several: bool = False  # whether a relation may be of more than one thing
    of_all: frozenset[str] = frozenset()  # qualities that are said of all things where they are said alone

    @cached_property
    def qualities(self) -> frozenset[str]:
        """Everything that may be said of a thing."""
        return frozenset(quality for options in self.kinds.values() for quality in options)

    def kind_of(self, quality: str) -> str:
        """The kind of a quality; "" of anything else."""
        return next((kind for kind, options in self.kinds.items() if quality in options), "")
