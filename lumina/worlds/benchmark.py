"""A world's benchmark: cases that say what to draw and judge it, and pictures whose truth is known."""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import numpy as np

from lumina.worlds.pixels import Pixels


@dataclass(frozen=True)
class Ask:
    """A drawing that a case needs: the task's name and the values of its fields, images as pixels."""

    task: str
    values: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Verdict:
    """What was found: the row it counts in, what was asked for, images to look at, its figures.

    A figure that is true or false is counted as a share; others are averaged. A figure that a case lacks is
    left out of the average.
    """

    row: str
    caption: str
    images: tuple[Pixels, ...]
    values: Mapping[str, float | bool]
    reasons: tuple[str, ...] = ()

    @property
    def passed(self) -> bool | None:
        """Whether everything that is true or false is true; None where nothing is."""
        verdicts = [value for value in self.values.values() if isinstance(value, bool)]
        return all(verdicts) if verdicts else None


Turns: TypeAlias = Generator[Ask, Mapping[str, Pixels], Verdict]
"""Asks for one drawing after the other, is sent the images of each by the task's outputs, and judges."""


class Case(Protocol):
    """One thing to draw and to measure."""

    def turns(self) -> Turns:
        """Begin it; see Turns."""


@dataclass(frozen=True)
class Threshold:
    """A bound of one figure; `paper` is Lumina-mGPT 2.0's on other images, which is not comparable."""

    figure: str
    bound: float
    at_least: bool = True
    paper: str = ""

    def met(self, value: float) -> bool:
        """Whether a value reaches the bound."""
        return value >= self.bound if self.at_least else value <= self.bound

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.bound:g}"


class Judgement(Protocol):
    """What the judge makes of an image."""

    @property
    def accepted(self) -> bool:
        """Whether it shows what is true of the specimen."""

    def rejected(self, rng: np.random.Generator) -> Sequence[bool]:
        """Whether words with a fault are rejected, once for each kind of fault that makes them untrue."""


class Specimen(Protocol):
    """A held-out scene on which tokenizer and judge are tried."""

    @property
    def images(self) -> Mapping[str, Pixels]:
        """The picture, named "picture", and its maps by kind."""

    def figures(self, images: Mapping[str, Pixels]) -> Mapping[str, float]:
        """How far the same images are from the truth after something was done to them."""

    def judge(self, picture: Pixels) -> Judgement:
        """Judge the picture after something was done to it."""


class SaidEdits(Protocol):
    """Edits as words ask for them."""

    def is_same(self, said: str, meant: str) -> bool:
        """Whether two instructions of the world ask for the same."""

    def case(self, meant: str, said: str, seed: int) -> Case:
        """A held-out picture to be edited as ``meant`` says, asked for in the words ``said``."""


class Benchmark(Protocol):
    """How a world is measured."""

    @property
    def said_edits(self) -> SaidEdits | None:
        """What measures edits in free wording, where the world has them."""

    @property
    def tasks(self) -> Mapping[str, str]:
        """The names of the benchmarks, each with that of the task it draws with."""

    @property
    def thresholds(self) -> Mapping[str, Sequence[Threshold]]:
        """What the rows are to reach."""

    def cases(self, name: str, count: int, seed: int) -> Iterator[Case]:
        """`count` held-out cases, or a few more where every kind comes up once; seeded."""

    def specimens(self, count: int, seed: int, *, varied: bool = False) -> Iterator[Specimen]:
        """`count` held-out scenes; `varied` ones show everything that the tokenizer is trained on."""


Maker: TypeAlias = Callable[[int, int], Iterator[Case]]
"""Makes a number of cases from a seed."""


@dataclass(frozen=True)
class CaseTable:
    """A benchmark whose cases are made by functions, each named with the task that draws; see Benchmark."""

    makers: Mapping[str, tuple[str, Maker]]
    thresholds: Mapping[str, Sequence[Threshold]]
    specimen_maker: Callable[[int, int, bool], Iterator[Specimen]]
    said_edits: SaidEdits | None = None

    @property
    def tasks(self) -> Mapping[str, str]:
        """See Benchmark."""
        return {name: task for name, (task, _) in self.makers.items()}

    def cases(self, name: str, count: int, seed: int) -> Iterator[Case]:
        """See Benchmark."""
        return self.makers[name][1](count, seed)

    def specimens(self, count: int, seed: int, *, varied: bool = False) -> Iterator[Specimen]:
        """See Benchmark."""
        return self.specimen_maker(count, seed, varied)
