"""Where training samples come from: one source for each task, which puts words and codes together."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from lumina.model.text import TextTokenizer
from lumina.tasks import instructions
from lumina.training.codes import CodedPairs, CodedScenes, Codes
from lumina.training.looks import NOTHING, Looks, looks_ahead, looks_of
from lumina.worlds.tabletop.captions import Claim, describe, relation_of, text_of
from lumina.worlds.tabletop.edits import Edit
from lumina.worlds.tabletop.faults import wrong_claims, wrong_edit
from lumina.worlds.tabletop.instructing import instruct
from lumina.worlds.tabletop.scenes import Scene
from lumina.worlds.tabletop.subjects import request

TEXT_DROP = 0.1  # share of samples without text, for guidance; a given panel stays
SIZE_DROP = 0.1  # share of instructions that do not name the size, as in the published training
PAPER_WORDING = 0.25  # share of subjects asked for in the paper's words, the rest in the code's
UNDONE = 0.5  # share of edits that are learned backwards
# A small model on few processor hours learns the common case well or everything poorly: daylight and
# few different solids are drawn more often than they were rendered, and so are those that stand side by side.
LIGHT_WEIGHTS = {"daylight": 1.0, "sunset": 0.4, "night": 0.4}
CROWD_WEIGHT = 0.5  # for three and more solids that are not of one shape
LONE_WEIGHT = 1.5  # for a single solid: where it begins is least certain
GROUP_WEIGHT = 4.0  # for three and more solids of one shape
BESIDE_WEIGHT = 2.5  # for two solids of which words can say how they stand
OPERATION_WEIGHTS = {"reground": 0.5, "add": 2.6, "remove": 0.8, "replace": 1.3, "resize": 1.2}  # others 1
# Most codes of an edit are copies and cost nothing: at weight one, those that the words decide would hardly
# count beside the codes of other tasks.
EDIT_WEIGHT = 4.0
EDITS_CONTRASTED = 0.5  # share of edits that have untrue words; nearly all are told apart already

# How often each kind of fault is set against the truth: where words were seldom heeded, more often.
FAULT_WEIGHTS = {
    "relation": 4.0, "swap": 2.0, "count": 4.0, "color": 1.0, "shape": 1.0, "material": 0.5, "size": 1.0,
    "ground": 0.2, "light": 0.2,
}  # fmt: skip


@dataclass(frozen=True)
class Sample:
    """Ids before the image, its codes [rows, cols], other ids that it is not true to, and more of edits."""

    prompt: list[int]
    codes: NDArray[np.int64]
    untrue: tuple[int, ...] = ()  # none where nothing is said
    weight: float = 1.0  # of its cross-entropy
    changed: NDArray[np.bool_] | None = None  # which codes of the given half [rows, cols] the words change
    looks: Looks | None = None  # what each drawn code shall tell
    nats: float = 0.0  # -log p of what was drawn and rejected, by the model that drew it


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
    alike = len({solid.shape for solid in scene.solids}) == 1
    if len(scene.solids) > 2:
        number = GROUP_WEIGHT if alike else CROWD_WEIGHT
    elif len(scene.solids) == 1:
        number = LONE_WEIGHT
    else:
        number = BESIDE_WEIGHT if _beside(scene) else 1.0
    return LIGHT_WEIGHTS[scene.light] * number


def _beside(scene: Scene) -> bool:
    first, second = scene.solids
    if (first.shape, first.color) == (second.shape, second.color):
        return False
    return relation_of(first, second, scene.width, scene.height) is not None


def weight_of_edit(edit: Edit) -> float:
    """How often an edit is drawn, relative to others: the more solids, the harder to tell the one meant."""
    solids = edit.before.solids
    return len(solids) * OPERATION_WEIGHTS.get(edit.operation, 1.0)


def shares(weights: Iterable[float]) -> NDArray[np.float64]:
    """Weights scaled to sum to one."""
    values = np.array(list(weights))
    return np.asarray(values / values.sum())


def prompt_ids(text: TextTokenizer, instruction: str, rng: np.random.Generator) -> list[int]:
    """The ids of an instruction, or now and then nothing at all, for guidance."""
    return [] if rng.random() < TEXT_DROP else text.encode(instruction)


def _fault(claim: Claim, scene: Scene, rng: np.random.Generator) -> str | None:
    """The caption with one fault; None where every fault would leave it true."""
    found = list(wrong_claims(claim, scene, rng))
    if not found:
        return None
    chances = shares(FAULT_WEIGHTS[kind] for kind, _ in found)
    return text_of(found[int(rng.choice(len(found), p=chances))][1])


def _stacked(upper: Codes, lower: Codes) -> NDArray[np.int64]:
    return np.concatenate([upper, lower]).astype(np.int64)


def _sample(
    text: TextTokenizer,
    rng: np.random.Generator,
    codes: NDArray[np.int64],
    say: Callable[[str], str],
    true: str,
    untrue: str | None,
    looks: Looks | None = None,
) -> Sample:
    """Codes with the true words in the task's sentence, the untrue ones, and what is told; or codes alone."""
    prompt = prompt_ids(text, say(true), rng)
    if not prompt:
        return Sample(prompt, codes)
    return Sample(prompt, codes, tuple(text.encode(say(untrue))) if untrue is not None else (), looks=looks)


class Captioned:
    """Text to image: a caption composed afresh, and the picture."""

    def __init__(self, pool: CodedScenes, text: TextTokenizer) -> None:
        self._pool, self._text = pool, text
        self._chances = shares(map(weight_of, pool.scenes))
        self.size, self.given = (pool.scenes[0].width, pool.scenes[0].height), False

    def sample(self, rng: np.random.Generator) -> Sample:
        """See Source."""
        i = int(rng.choice(len(self._pool.scenes), p=self._chances))
        claim = describe(self._pool.scenes[i], rng)
        sized = rng.random() >= SIZE_DROP

        def say(caption: str) -> str:
            if sized:
                return instructions.text_to_image(caption, *self.size)
            return instructions.text_to_image_unsized(caption)

        codes = self._pool.codes["picture"][i].astype(np.int64)
        scene = self._pool.scenes[i]
        fault = _fault(claim, scene, rng)
        return _sample(self._text, rng, codes, say, text_of(claim), fault, looks_ahead(scene))


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
        if self._task == "predict":
            words = instructions.predict(kind, *self.size)
            return Sample(prompt_ids(self._text, words, rng), _stacked(picture, shown))
        claim = describe(self._pool.scenes[i], rng)
        instruction = instructions.control if self._task == "control" else instructions.image_pair
        looks = looks_ahead(self._pool.scenes[i])
        if self._task == "control":
            codes = _stacked(shown, picture)
        else:
            codes, looks = _stacked(picture, shown), np.concatenate([looks, np.full_like(looks, NOTHING)])
        return _sample(
            self._text, rng, codes, lambda caption: instruction(kind, caption, *self.size), text_of(claim),
            _fault(claim, self._pool.scenes[i], rng), looks,
        )  # fmt: skip


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
                other = wrong_edit(edit, said, rng) if rng.random() < EDITS_CONTRASTED else None
                sample = _sample(
                    self._text, rng, _stacked(before, after),
                    lambda instruction: instructions.edit(instruction, *self.size), said.text,
                    other.text if other is not None else None, looks_of(edit),
                )  # fmt: skip
                return replace(sample, weight=EDIT_WEIGHT, changed=before != after if sample.prompt else None)


class Subjects:
    """A patterned solid on white, what is said of it, and the new scene."""

    def __init__(self, pool: CodedPairs, text: TextTokenizer) -> None:
        self._pool, self._text = pool, text
        self.size, self.given = (pool.edits[0].before.width, 2 * pool.edits[0].before.height), True

    def sample(self, rng: np.random.Generator) -> Sample:
        """See Source."""
        i = int(rng.integers(len(self._pool.edits)))
        asked, after = request(self._pool.edits[i], rng), self._pool.edits[i].after
        wording: instructions.Wording = "paper" if rng.random() < PAPER_WORDING else "code"
        return _sample(
            self._text, rng, _stacked(self._pool.before[i], self._pool.after[i]),
            lambda prompt: instructions.subject(asked.description, prompt, *self.size, wording),
            text_of(asked.claim), _fault(asked.claim, after, rng), looks_ahead(after),
        )  # fmt: skip
