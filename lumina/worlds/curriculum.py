"""What a world is trained on: its scenes, pairs of them, true and untrue words, and how much of each."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from lumina.worlds.benchmark import Case
from lumina.worlds.pixels import Pixels

Frame: TypeAlias = tuple[int, int]
"""(width, height) in pixels."""
Row: TypeAlias = dict[str, Any]
"""A scene or a pair as JSON, in a file of training data."""
Answers: TypeAlias = NDArray[np.int64]
"""For each code of an image what the auxiliary head shall answer [codes, targets]; NO_ANSWER for nothing."""
NO_ANSWER = -1
Option = TypeVar("Option")


@dataclass(frozen=True, eq=False)
class Said:
    """Words by the fields of the task: true ones, others that are not true of what is drawn, if any.

    ``answers``: what the codes to be drawn shall tell, see Curriculum.targets.
    """

    true: Mapping[str, str]
    untrue: Mapping[str, str] | None = None
    answers: Answers | None = None


class Lesson(Protocol):
    """One thing to learn."""

    @property
    def weight(self) -> float:
        """How often it is shown, relative to others of its kind."""

    def row(self) -> Row:
        """As it is stored."""

    def say(self, rng: np.random.Generator) -> Said | None:
        """Random words for it; None where there are none."""


class SceneLesson(Lesson, Protocol):
    """A picture to draw from words, and its maps."""

    @property
    def frame(self) -> Frame:
        """Of the picture."""

    @property
    def is_held_out(self) -> bool:
        """Whether it belongs to evaluation."""

    def picture(self) -> Pixels:
        """The picture."""

    def images(self) -> Mapping[str, Pixels]:
        """The picture, named "picture", and its stored maps by kind."""


class PairLesson(Lesson, Protocol):
    """A picture that is given, and the one to draw."""

    @property
    def before(self) -> SceneLesson:
        """What is given."""

    @property
    def after(self) -> SceneLesson:
        """What is drawn."""

    def undone(self) -> "PairLesson | None":
        """The pair that leads back, where that can be learned too."""


class Curriculum(Protocol):
    """What training learns a world from. A world that has no pairs, no maps or no targets leaves them out."""

    name: str
    """Of the world."""
    spec: Mapping[str, Any]
    """What the manifest of a model trained on this says: title, sizes, tasks, kinds, defaults by task …"""
    transformer: Mapping[str, Any] = {}
    """Sizes of the transformer, where they differ from the usual ones (`training.sizes`)."""
    tokenizer: Mapping[str, Any] = {}
    """And of the tokenizer."""
    scene_files: int = 200
    """Files of 200 scenes each to learn from: as many scenes as a training looks at, or it learns those by
    heart and not what is in them."""
    varied_every: int = 5
    """Of the first files of scenes one of so many is of varied ones, see `scene`."""
    varied_drawn: bool = False
    """Whether these are drawn from words, too; then one of so many of all files is."""
    contrast_from: float = 0.0
    """The share of a training after which images are also shown with untrue words."""
    text_tokens: int = 640
    """Bytes and merges of the text tokenizer."""

    frames: Mapping[Frame, float]
    """Shares of text to image; pairs and maps are of the first."""
    tasks: Mapping[str, float]
    """Shares of training steps by task."""
    kinds: Mapping[str, Mapping[str, float]] = {}
    """By task, where it has kinds of maps, their shares."""
    maps: Sequence[str] = ()
    """Every kind of map that is learned; those that are not stored are derived."""
    images: Mapping[str, float] = {"picture": 1.0}
    """What the tokenizer is trained on: shares of pictures and stored maps."""
    refined: Mapping[str, float] = {"picture": 1.0}
    """And when its decoder is refined, here also of the pairs of a task."""
    pairs: Mapping[str, int] = {}
    """By task, the files of pairs to render; none for tasks that scenes alone are learned from."""
    targets: Mapping[str, int] = {}
    """What an auxiliary head tells of each code to be drawn, and among how many answers."""
    judged: Sequence[str] = ()
    """Kinds of drawings for rejection sampling."""

    @property
    def edition(self) -> str:
        """Changes whenever scenes do: training data of another edition are refused."""

    def sentences(self) -> Iterable[str]:
        """Text that is like what the model will read, for its text tokenizer."""

    def scene(self, rng: np.random.Generator, frame: Frame, *, varied: bool = False) -> SceneLesson:
        """A random scene; `varied` ones show more of what the tokenizer has to know."""

    def read_scene(self, row: Row) -> SceneLesson:
        """A scene that was stored."""

    def derived(self, kind: str, images: Mapping[str, Pixels]) -> Pixels:
        """A map that is not stored, from what is."""
        raise NotImplementedError(kind)

    def chain(self, task: str, rng: np.random.Generator) -> Sequence[PairLesson]:
        """Random pairs of a task, each one's `before` what came out of the one before it."""
        raise NotImplementedError(task)

    def read_pair(self, task: str, before: SceneLesson, after: SceneLesson, row: Row) -> PairLesson:
        """A pair that was stored."""
        raise NotImplementedError(task)

    def case(self, kind: str, rng: np.random.Generator) -> Case:
        """A case that training may show, to draw and to keep where it is rejected."""
        raise NotImplementedError(kind)


def stored_maps(curriculum: Curriculum) -> Iterator[str]:
    """The kinds of maps that are rendered with the pictures."""
    return (kind for kind in curriculum.images if kind != "picture")


def weighted(options: Sequence[Option], weights: Iterable[float], rng: np.random.Generator) -> Option:
    """One of the options at random, each as likely as its weight says."""
    chances = np.array(list(weights))
    return options[int(rng.choice(len(options), p=chances / chances.sum()))]
