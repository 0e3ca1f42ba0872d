"""What a world is to everything that draws, shows and measures it: its words, its examples and its truth."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from lumina.worlds.benchmark import Benchmark
from lumina.worlds.curriculum import Curriculum
from lumina.worlds.language import Language
from lumina.worlds.pixels import Pixels


@dataclass(frozen=True)
class Example:
    """A name for the button, and the values that a click writes into the form; pictures as pixels."""

    label: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class DepthScale:
    """Distances from the camera at the brightest and the darkest grey of a depth map.

    Between them the inverse distance is linear in the grey level.
    """

    nearest: float
    farthest: float
    unit: str


@dataclass(frozen=True)
class MapComparison:
    """A drawn map beside the exact one: ``error`` [h, w] is 0 where it is exact and 1 where it is far off."""

    exact: Pixels
    error: NDArray[np.float32]
    legend: str
    figure: str


@dataclass(frozen=True)
class RenderedScene:
    """A picture, its exact maps by kind, and what it shows in words."""

    picture: Pixels
    maps: Mapping[str, Pixels]
    caption: str


class World(Protocol):
    """A small world with exact truth that an embedded model draws."""

    name: str
    language: Language
    prompts: tuple[str, ...]
    """Good descriptions of pictures."""
    knows: str
    """What there is to ask for, in a sentence."""
    unseen: str
    """What a person should know who shows the model a picture of something else."""
    predicted: tuple[str, ...]
    """The kinds of maps whose truth is known."""
    depth: DepthScale | None

    def suggest(self, seed: int) -> str:
        """Another good description."""

    def examples(self, task: str) -> tuple[Example, ...]:
        """What to try of a task that is given a picture, by the task's name."""

    def edits_of(self, picture: Pixels) -> tuple[str, ...]:
        """How a person would ask for changes of what a picture shows; none where it cannot be read."""

    def compare(self, kind: str, drawn: Pixels, picture: Pixels) -> MapComparison | None:
        """A map of ``picture`` against the exact one; None unless the picture is an example's."""

    def objects(self, segmentation: Pixels) -> NDArray[np.uint8]:
        """Ids [h, w] of what a segmentation shows, 0 for none of them, counted as a drawing comes to them."""

    def scene(self, prompt: str, seed: int, width: int, height: int) -> RenderedScene:
        """A scene rendered as the prompt says, at random where it is empty; sizes in pixels.

        Raises InputError for words that the world does not know, and where there is no room.
        """

    def can_judge(self, prompt: str) -> bool:
        """Whether :meth:`score` can say how well a picture shows what the prompt says."""

    def score(self, picture: Pixels, prompt: str) -> float:
        """How well; more is better."""

    def shows(self, picture: Pixels, prompt: str) -> bool:
        """Whether a picture shows what the prompt says, and nothing else; where :meth:`can_judge` is true."""

    def shown_instead(self, picture: Pixels, prompt: str) -> str | None:
        """What a picture shows other than the prompt says, in words, empty if it is not drawn clearly enough.

        None where it shows what was asked for. Where :meth:`can_judge` is true.
        """

    def benchmark(self) -> Benchmark:
        """What measures a model of this world."""

    def curriculum(self) -> Curriculum:
        """What a model of this world is trained on."""
