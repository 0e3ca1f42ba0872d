"""Batches of token sequences, each of one size and nearly one length, so that little goes into padding."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from itertools import count

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lumina.model.layout import TokenLayout, Vocabulary
from lumina.training.device import moved
from lumina.training.mixture import Weighted
from lumina.training.samples import Sample, shares

DEPTH = 8  # batches that are drawn together and share out their samples by length
CONTRASTED = 2  # every which sample is also shown with words that are not true of it
USUAL_CODES = 256  # of a picture; a batch has fewer sequences where there are more codes to each
CORRUPTED = 0.5  # share of images in which codes drawn so far are now and then wrong ones
CORRUPTION = 0.3  # the most of them that are, as a share


@dataclass(frozen=True)
class TrainingBatch:
    """Token ids [rows, tokens], and where and what the codes to predict are, both [rows, codes].

    The last rows hold images of the first ones once more, after words that are not true of them.
    """

    ids: Tensor
    before: Tensor  # positions whose output predicts a code
    codes: Tensor
    untrue: Tensor  # for each of the last rows, which one has the same image and true words
    weights: Tensor  # [rows less the last ones], how much the cross-entropy of each counts
    edits: Tensor  # which rows are edits
    given: Tensor  # positions of the codes that are given [edits, codes]
    changed: Tensor  # and which of those the words change
    told: Tensor  # which rows tell something
    answers: Tensor  # and what their codes to predict shall tell [told, codes, targets]
    nats: Tensor  # [rows less the last ones], see Sample

    def to(self, device: torch.device) -> "TrainingBatch":
        """The batch on the device where it is trained on."""
        return TrainingBatch(*(moved(getattr(self, field.name), device) for field in fields(self)))

    def true_alone(self) -> "TrainingBatch":
        """The batch without the last rows, those after untrue words."""
        rows = len(self.ids) - len(self.untrue)
        return replace(
            self, ids=self.ids[:rows], before=self.before[:rows], codes=self.codes[:rows],
            untrue=self.untrue[:0],
        )  # fmt: skip


@dataclass(frozen=True)
class Bucket:
    """Samples of one size, (width, height) in pixels, with or without a given upper half."""

    size: tuple[int, int]
    given: bool


class Sequences:
    """Draws batches from weighted sources; each batch is of one bucket."""

    def __init__(
        self, weighted: Sequence[Weighted], vocabulary: Vocabulary, targets: int = 0, corrupts: bool = False
    ) -> None:
        """The codes of a given upper half are not to be predicted, as when drawing; each code to predict has
        so many auxiliary `targets`.

        With `corrupts` some of the codes that later ones are predicted from are of another place (token
        corruption), so that what was once drawn wrong is not gone on with, and the given half and the words
        are heeded to the end.
        """
        self._vocabulary, self._targets, self._corrupts = vocabulary, targets, corrupts
        self._sources: dict[Bucket, list[Weighted]] = {}
        for source, weight in weighted:
            self._sources.setdefault(Bucket(source.size, source.given), []).append((source, weight))
        self._buckets = list(self._sources)
        self._chances = shares(sum(w for _, w in group) for group in self._sources.values())
        self._drawn: dict[Bucket, tuple[tuple[int, ...], list[list[Sample]]]] = {}

    def batches(self, size: int, seed: int, rank: int = 0, first: int = 0) -> Iterator[TrainingBatch]:
        """Endless batches from step `first` on; all ranks share a step's bucket, each has its own samples.

        `size` is the number of sequences of a picture's length; there are fewer of longer ones.
        """
        seen: Counter[int] = Counter()
        for step in count():
            shared = np.random.default_rng([seed, step])
            number = int(shared.choice(len(self._buckets), p=self._chances))
            if step >= first:
                yield self._batch(number, seen[number], size, seed, rank)
            seen[number] += 1

    def _batch(self, number: int, ordinal: int, size: int, seed: int, rank: int) -> TrainingBatch:
        """The batch of this ordinal in a bucket: one of `DEPTH` that were drawn together."""
        bucket = self._buckets[number]
        group, place = divmod(ordinal, DEPTH)
        key = (group, size, seed, rank)
        if self._drawn.get(bucket, ((), []))[0] != key:
            rng = np.random.default_rng([seed, group, number, rank])
            samples = sorted(self._samples(bucket, size, rng), key=lambda sample: len(sample.prompt))
            each = len(samples) // DEPTH
            order = np.random.default_rng([seed, group, number]).permutation(DEPTH)
            self._drawn[bucket] = key, [samples[i * each : (i + 1) * each] for i in order]
        samples = self._drawn[bucket][1][place]
        seen = [sample.codes for sample in samples]
        if self._corrupts:
            seen = corrupted(seen, bucket.given, np.random.default_rng([seed, ordinal, number, rank]))
        return self._joined(bucket, samples, seen)

    def _samples(self, bucket: Bucket, size: int, rng: np.random.Generator) -> Iterator[Sample]:
        group = self._sources[bucket]
        chances = shares(weight for _, weight in group)
        first = self._draw(group, chances, rng)
        yield first
        each = max(1, round(size * USUAL_CODES / max(first.codes.size, USUAL_CODES)))
        for _ in range(each * DEPTH - 1):
            yield self._draw(group, chances, rng)

    @staticmethod
    def _draw(group: list[Weighted], chances: NDArray[np.float64], rng: np.random.Generator) -> Sample:
        return group[int(rng.choice(len(group), p=chances))][0].sample(rng)

    def _joined(
        self, bucket: Bucket, samples: Sequence[Sample], seen: Sequence[NDArray[np.int64]]
    ) -> TrainingBatch:
        """The samples side by side, padded on the right, and below them every other one with untrue words;
        each code is predicted from those of `seen` before it."""
        twice = [i for i, sample in enumerate(samples) if i % CONTRASTED == 0 and sample.untrue]
        prompts = [sample.prompt for sample in samples] + [list(samples[i].untrue) for i in twice]
        images = [sample.codes for sample in samples] + [samples[i].codes for i in twice]
        rows, cols = images[0].shape
        layout = TokenLayout(rows, cols, self._vocabulary, codes_per_size=cols * 32 // bucket.size[0])
        skipped = rows * cols // 2 if bucket.given else 0
        longest = max(map(len, prompts)) + layout.length
        ids = torch.full((len(prompts), longest), self._vocabulary.image_end)
        shown = [*seen, *(seen[i] for i in twice)]
        for row, (prompt, image) in enumerate(zip(prompts, shown, strict=True)):
            start = len(prompt)
            ids[row, :start] = torch.tensor(prompt, dtype=torch.long)
            ids[row, start : start + layout.length] = layout.encode(torch.from_numpy(image))
        starts = torch.tensor(list(map(len, prompts)))[:, None]
        codes = torch.from_numpy(np.stack(images)).flatten(1)
        # nothing after the last code is learned, so neither are its newline and the end computed
        before = starts + layout.code_positions[skipped:] - 1
        last = int(before.max()) + 1
        edits = [i for i, sample in enumerate(samples) if sample.changed is not None]
        changed = [sample.changed.ravel() for sample in samples if sample.changed is not None]
        told = [i for i, sample in enumerate(samples) if sample.answers is not None]
        answers = [sample.answers for sample in samples if sample.answers is not None]
        return TrainingBatch(
            ids[:, :last],
            before,
            codes[:, skipped:],
            torch.tensor(twice, dtype=torch.long),
            torch.tensor([sample.weight for sample in samples]),
            torch.tensor(edits, dtype=torch.long),
            starts[edits] + layout.code_positions[:skipped],
            torch.from_numpy(np.array(changed, dtype=bool).reshape(len(edits), skipped)),
            torch.tensor(told, dtype=torch.long),
            torch.from_numpy(
                np.array(answers, np.int64).reshape(len(told), rows * cols - skipped, self._targets)
            ),
            torch.tensor([sample.nats for sample in samples]),
        )


def corrupted(
    images: Sequence[NDArray[np.int64]], given: bool, rng: np.random.Generator
) -> list[NDArray[np.int64]]:
    """The images [rows, cols] of a batch with some codes exchanged, in `CORRUPTED` of them up to `CORRUPTION`
    of all; never in a given half.

    They become those of a place beside that is drawn before; below a given half, in every other image, those
    of the next image at the same place. Without one they do not: a solid begun on bare ground is no mistake
    but a promise.
    """
    changed = []
    for image, other in zip(images, [*images[1:], images[0]], strict=True):
        rate = rng.uniform(0, CORRUPTION) if rng.random() < CORRUPTED else 0.0
        wrong = rng.random(image.shape) < rate
        first = len(image) // 2 if given else 0
        wrong[:first] = False
        astray = given and rng.random() < 0.5
        changed.append(np.where(wrong, other if astray else _earlier(image, first, rng), image))
    return changed


def _earlier(image: NDArray[np.int64], first: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """At each place the code of one of the four around it that are drawn before it, in rows from `first` on;
    a later one would give away what is to come."""
    cols = image.shape[1]
    places = np.arange(image.size).reshape(image.shape)
    before = places - rng.choice((1, cols - 1, cols, cols + 1), size=image.shape)
    return np.asarray(image.flat[np.where(before < first * cols, places, before)])
