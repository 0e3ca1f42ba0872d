"""Where training samples come from: lessons of a world put into the words and panels of a task."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from lumina.model.text import TextTokenizer
from lumina.tasks.base import DrawingTask
from lumina.tasks.panels import PanelTask
from lumina.training.codes import CodedPairs, CodedScenes, Codes
from lumina.worlds.curriculum import NO_ANSWER, Answers, Lesson, Said

TEXT_DROP = 0.1  # share of samples without text, for guidance; a given panel stays
SIZE_DROP = 0.1  # share of instructions that do not name the size, as in the published training
OTHER_WORDING = 0.25  # share of instructions in the task's other wording, where it has one
UNDONE = 0.5  # share of pairs that are learned backwards, where they can be
# Most codes of an edit are copies and cost nothing: at weight one, those that the words decide would hardly
# count beside the codes of other tasks.
EDIT_WEIGHT = 4.0


@dataclass(frozen=True)
class Sample:
    """Ids before the image, its codes [rows, cols], other ids that it is not true to, and more of edits."""

    prompt: list[int]
    codes: NDArray[np.int64]
    untrue: tuple[int, ...] = ()  # none where nothing is said
    weight: float = 1.0  # of its cross-entropy
    changed: NDArray[np.bool_] | None = None  # which codes of the given half [rows, cols] the words change
    answers: Answers | None = None  # what each drawn code shall tell
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


def shares(weights: Iterable[float]) -> NDArray[np.float64]:
    """Weights scaled to sum to one."""
    values = np.array(list(weights))
    return np.asarray(values / values.sum())


def prompt_ids(text: TextTokenizer, instruction: str, rng: np.random.Generator) -> list[int]:
    """The ids of an instruction, or now and then nothing at all, for guidance."""
    return [] if rng.random() < TEXT_DROP else text.encode(instruction)


def wording(task: type[DrawingTask], rng: np.random.Generator) -> dict[str, str]:
    """Mostly the usual way to tell the model, now and then the other one, for a task that has two."""
    other = task.other_wording
    return {"wording": other} if other is not None and rng.random() < OTHER_WORDING else {}


def sentence(task: type[DrawingTask], values: Mapping[str, Any], width: int, height: int) -> str:
    """What the model is told for these inputs of a task; 0 × 0 for a sentence without a size."""
    return task.model_construct(**values).words(width, height)


def chances_of(lessons: Iterable[Lesson]) -> NDArray[np.float64]:
    """How likely each of them is to be shown."""
    return shares(lesson.weight for lesson in lessons)


def _stacked(upper: Codes, lower: Codes) -> NDArray[np.int64]:
    return np.concatenate([upper, lower]).astype(np.int64)


class _Words:
    """The words of one task, for images of one size."""

    def __init__(self, text: TextTokenizer, task: type[DrawingTask], size: tuple[int, int]) -> None:
        self.text, self.task, self.size = text, task, size

    def sample(
        self,
        said: Said,
        codes: NDArray[np.int64],
        rng: np.random.Generator,
        values: Mapping[str, Any],
        answers: Answers | None,
    ) -> Sample:
        """Codes with the true words in the task's sentence, untrue ones and the answers; or codes alone."""
        is_sized = not self.task.unsized or rng.random() >= SIZE_DROP
        size = self.size if is_sized else (0, 0)
        values = {**values, **wording(self.task, rng)}
        prompt = prompt_ids(self.text, sentence(self.task, {**values, **said.true}, *size), rng)
        if not prompt:
            return Sample(prompt, codes)
        untrue: tuple[int, ...] = ()
        if said.untrue is not None:
            untrue = tuple(self.text.encode(sentence(self.task, {**values, **said.untrue}, *size)))
        return Sample(prompt, codes, untrue, answers=answers)


def _told(pool: CodedScenes, chances: NDArray[np.float64], rng: np.random.Generator) -> tuple[int, Said]:
    """The number of a random scene of which something can be said, and that."""
    while True:
        i = int(rng.choice(len(pool), p=chances))
        said = pool.scenes[i].say(rng)
        if said is not None:
            return i, said


class Spoken:
    """A picture drawn from words alone."""

    given = False

    def __init__(self, pool: CodedScenes, text: TextTokenizer, task: type[DrawingTask]) -> None:
        self._pool, self.size = pool, pool.scenes[0].frame
        self._words, self._chances = _Words(text, task, self.size), chances_of(pool.scenes)

    def sample(self, rng: np.random.Generator) -> Sample:
        """See Source."""
        i, said = _told(self._pool, self._chances, rng)
        codes = self._pool.codes["picture"][i].astype(np.int64)
        return self._words.sample(said, codes, rng, {}, said.answers)


class Mapped:
    """A picture and one of its maps: the map above where it is given, else below."""

    def __init__(
        self, pool: CodedScenes, text: TextTokenizer, task: type[DrawingTask], kinds: Mapping[str, float]
    ) -> None:
        width, height = pool.scenes[0].frame
        self._pool, self._task, self.size = pool, task, (width, 2 * height)
        self._kinds, self._kind_chances = list(kinds), shares(kinds.values())
        self._words, self._chances = _Words(text, task, self.size), chances_of(pool.scenes)
        self.given = issubclass(task, PanelTask)
        self._map_above = issubclass(task, PanelTask) and task.takes_map

    def sample(self, rng: np.random.Generator) -> Sample:
        """See Source."""
        if self._task.spoken:
            i, said = _told(self._pool, self._chances, rng)
        else:
            i, said = int(rng.choice(len(self._pool), p=self._chances)), Said({})
        kind = self._kinds[int(rng.choice(len(self._kinds), p=self._kind_chances))]
        picture, shown = self._pool.codes["picture"][i], self._pool.codes[kind][i]
        codes = _stacked(shown, picture) if self._map_above else _stacked(picture, shown)
        answers = said.answers
        if answers is not None and not self.given:  # both panels are drawn, and the map tells nothing
            answers = np.concatenate([answers, np.full_like(answers, NO_ANSWER)])
        return self._words.sample(said, codes, rng, {"kind": kind}, answers)


class Paired:
    """A given picture, the words for what becomes of it, and that; some pairs are learned backwards too."""

    given = True

    def __init__(self, pool: CodedPairs, text: TextTokenizer, task: type[DrawingTask]) -> None:
        width, height = pool.pairs[0].before.frame
        self._pool, self.size = pool, (width, 2 * height)
        self._words, self._chances = _Words(text, task, self.size), chances_of(pool.pairs)
        self._edits = issubclass(task, PanelTask) and task.turns

    def sample(self, rng: np.random.Generator) -> Sample:
        """See Source."""
        while True:
            i = int(rng.choice(len(self._pool), p=self._chances))
            pair, before, after = self._pool.pairs[i], self._pool.before[i], self._pool.after[i]
            undone = pair.undone()
            if undone is not None and rng.random() < UNDONE:
                pair, before, after = undone, after, before
            said = pair.say(rng)
            if said is not None:
                sample = self._words.sample(said, _stacked(before, after), rng, {}, said.answers)
                return self._edited(sample, before != after) if self._edits else sample

    @staticmethod
    def _edited(sample: Sample, changed: NDArray[np.bool_]) -> Sample:
        """What stays where it is given is a copy; the words say which codes are none."""
        return replace(sample, weight=EDIT_WEIGHT, changed=changed if sample.prompt else None)
