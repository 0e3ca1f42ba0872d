"""Where training samples come from: one source for each task, which puts words and codes together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from lumina.model.text import TextTokenizer
from lumina.tabletop.captions import describe, relation_of, text_of
from lumina.tabletop.edits import Edit
from lumina.tabletop.instructing import instruct
from lumina.tabletop.scenes import Scene
from lumina.tabletop.subjects import request
from lumina.tasks import instructions
from lumina.training.codes import CodedPairs, CodedScenes, Codes

TEXT_DROP = 0.1  # share of samples without text, for guidance; a given panel stays
SIZE_DROP = 0.1  # share of instructions that do not name the size, as in the published training
PAPER_WORDING = 0.25  # share of subjects asked for in the paper's words, the rest in the code's
UNDONE = 0.5  # share of edits that are learned backwards
# A small model on few processor hours learns the common case well or everything poorly: daylight, matte and
# few different solids are drawn more often than they were rendered, and so are those that stand side by side.
LIGHT_WEIGHTS = {"daylight": 1.0, "sunset": 0.4, "night": 0.4}
METAL_WEIGHT = 0.6  # for scenes with a metal solid
CROWD_WEIGHT = 0.3  # for three and more solids that are not of one shape
BESIDE_WEIGHT = 2.5  # for two solids of which one stands left or right of the other
ALIKE_WEIGHT = 0.4  # for edits of scenes where another solid has the colour and shape of the edited one
ALONE_WEIGHT = 3.0  # for edits of a solid that stands alone
OPERATION_WEIGHTS = {"reground": 0.3, "relight": 0.3, "move": 0.7, "add": 0.8}  # of edits, the others 1


@dataclass(frozen=True)
class Sample:
    """Ids before the image, and the codes [rows, cols] of the whole image."""

    prompt: list[int]
    codes: NDArray[np.int64]


class Source(Protocol):
    """Draws samples of one task, all of one size."""

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of the whole image in pixels."""

    @property
    def given(self) -> bool:
        """Whether the upper half is given, so that drawing is measured on the lower one."""

    def sample(self, rng: np.random.Generator) -> Sample:
        """A random sample."""


def weight_of(scene: Scene) -> float:
    """How often a scene is drawn, relative to others."""
    crowd = len(scene.solids) > 2 and len({solid.shape for solid in scene.solids}) > 1
    metal = any(solid.material == "metal" for solid in scene.solids)
    number = BESIDE_WEIGHT if _beside(scene) else CROWD_WEIGHT if crowd else 1.0
    return LIGHT_WEIGHTS[scene.light] * number * (METAL_WEIGHT if metal else 1.0)


def _beside(scene: Scene) -> bool:
    if len(scene.solids) != 2 or len({(solid.shape, solid.color) for solid in scene.solids}) == 1:
        return False
    return relation_of(*scene.solids, scene.width, scene.height) in ("left of", "right of")


def weight_of_edit(edit: Edit) -> float:
    """How often an edit is drawn, relative to others."""
    weight = weight_of(edit.before) * OPERATION_WEIGHTS.get(edit.operation, 1.0)
    if edit.solid is None or edit.operation == "add":
        return weight
    looks = [(solid.shape, solid.color) for solid in edit.before.solids]
    alike = looks.count(looks[edit.solid]) > 1
    return weight * (ALONE_WEIGHT if len(looks) == 1 else ALIKE_WEIGHT if alike else 1.0)


def shares(weights: Iterable[float]) -> NDArray[np.float64]:
    """Weights scaled to sum to one."""
    values = np.array(list(weights))
    return np.asarray(values / values.sum())


def prompt_ids(text: TextTokenizer, instruction: str, rng: np.random.Generator) -> list[int]:
    """The ids of an instruction, or now and then nothing at all, for guidance."""
    return [] if rng.random() < TEXT_DROP else text.encode(instruction)


def _stacked(upper: Codes, lower: Codes) -> NDArray[np.int64]:
    return np.concatenate([upper, lower]).astype(np.int64)


class Captioned:
    """Text to image: a caption composed afresh, and the picture."""

    def __init__(self, pool: CodedScenes, text: TextTokenizer) -> None:
        self._pool, self._text = pool, text
        self._chances = shares(map(weight_of, pool.scenes))
        self.size, self.given = (pool.scenes[0].width, pool.scenes[0].height), False

    def sample(self, rng: np.random.Generator) -> Sample:
        """See Source."""
        i = int(rng.choice(len(self._pool.scenes), p=self._chances))
        caption = text_of(describe(self._pool.scenes[i], rng))
        if rng.random() < SIZE_DROP:
            words = instructions.text_to_image_unsized(caption)
        else:
            words = instructions.text_to_image(caption, *self.size)
        return Sample(prompt_ids(self._text, words, rng), self._pool.codes["picture"][i].astype(np.int64))


class Mapped:
    """A picture and one of its maps, in the order and words of a task: image_pair, control or predict."""

    def __init__(
        self, pool: CodedScenes, text: TextTokenizer, task: str, kinds: Mapping[instructions.Kind, float]
    ) -> None:
        self._pool, self._text, self._task = pool, text, task
        self._kinds, self._kind_chances = list(kinds), shares(kinds.values())
        self._chances = shares(map(weight_of, pool.scenes))
        self.size, self.given = (pool.scenes[0].width, 2 * pool.scenes[0].height), task != "image_pair"

    def sample(self, rng: np.random.Generator) -> Sample:
        """See Source."""
        i = int(rng.choice(len(self._pool.scenes), p=self._chances))
        kind = self._kinds[int(rng.choice(len(self._kinds), p=self._kind_chances))]
        picture, shown = self._pool.codes["picture"][i], self._pool.codes[kind][i]
        caption = text_of(describe(self._pool.scenes[i], rng))
        if self._task == "control":
            words, codes = instructions.control(kind, caption, *self.size), _stacked(shown, picture)
        elif self._task == "predict":
            words, codes = instructions.predict(kind, *self.size), _stacked(picture, shown)
        else:
            words, codes = instructions.image_pair(kind, caption, *self.size), _stacked(picture, shown)
        return Sample(prompt_ids(self._text, words, rng), codes)


class Edited:
    """A scene, an instruction worded afresh, and the scene edited; half of the edits are undone ones."""

    def __init__(self, pool: CodedPairs, text: TextTokenizer) -> None:
        self._pool, self._text = pool, text
        self._chances = shares(map(weight_of_edit, pool.edits))
        self.size, self.given = (pool.edits[0].before.width, 2 * pool.edits[0].before.height), True

    def sample(self, rng: np.random.Generator) -> Sample:
        """See Source."""
        while True:
            i = int(rng.choice(len(self._pool.edits), p=self._chances))
            edit, before, after = self._pool.edits[i], self._pool.before[i], self._pool.after[i]
            if rng.random() < UNDONE:
                edit, before, after = edit.undone(), after, before
            said = instruct(edit, rng)
            if said is not None:
                words = instructions.edit(said.text, *self.size)
                return Sample(prompt_ids(self._text, words, rng), _stacked(before, after))


class Subjects:
    """A patterned solid on white, what is said of it, and the new scene."""

    def __init__(self, pool: CodedPairs, text: TextTokenizer) -> None:
        self._pool, self._text = pool, text
        self.size, self.given = (pool.edits[0].before.width, 2 * pool.edits[0].before.height), True

    def sample(self, rng: np.random.Generator) -> Sample:
        """See Source."""
        i = int(rng.integers(len(self._pool.edits)))
        asked = request(self._pool.edits[i], rng)
        wording: instructions.Wording = "paper" if rng.random() < PAPER_WORDING else "code"
        words = instructions.subject(asked.description, text_of(asked.claim), *self.size, wording)
        codes = _stacked(self._pool.before[i], self._pool.after[i])
        return Sample(prompt_ids(self._text, words, rng), codes)
