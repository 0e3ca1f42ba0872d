"""The benchmark of subjects: is the sticker the same, and the new scene the one asked for."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lumina.worlds.benchmark import Ask, Case, Turns, Verdict
from lumina.worlds.stickers.captions import is_true, text_of
from lumina.worlds.stickers.edits import SceneEdit
from lumina.worlds.stickers.judge import Reading, read
from lumina.worlds.stickers.render import render
from lumina.worlds.stickers.scenes import is_held_out
from lumina.worlds.stickers.subjects import Request, request, sample_subject


def subject_cases(count: int, seed: int) -> Iterator[Case]:
    """`count` subjects with held-out new scenes."""
    return _cases(count, seed, stranger=False)


def stranger_cases(count: int, seed: int) -> Iterator[Case]:
    """`count` subjects that no training has seen."""
    return _cases(count, seed, stranger=True)


def _cases(count: int, seed: int, *, stranger: bool) -> Iterator[Case]:
    rng = np.random.default_rng([seed, 23 if stranger else 22])
    for i in range(max(count, 1)):
        pair = sample_subject(rng, stranger=stranger)
        while not is_held_out(pair.after):
            pair = sample_subject(rng, stranger=stranger)
        yield SubjectCase(pair, request(pair, rng), seed + i, "unseen_subject" if stranger else "subject")


@dataclass(frozen=True)
class SubjectCase:
    """A sticker on white, what is said of it, and a scene to put it in."""

    pair: SceneEdit
    asked: Request
    seed: int
    row: str = "subject"

    def turns(self) -> Turns:
        """See Case."""
        given, truth = render(self.pair.before).picture, render(self.pair.after).picture
        prompt = text_of(self.asked.claim)
        values = {"image": given, "subject": self.asked.description, "prompt": prompt, "seed": self.seed}
        picture = (yield Ask("subject", values))["image"]
        caption = f"{self.asked.description}: {prompt}"
        return Verdict(self.row, caption, (given, picture, truth), self.verdicts(read(picture)))

    def verdicts(self, reading: Reading) -> dict[str, bool]:
        """Whether the same drawing lies in the picture, and whether the scene is as was said."""
        subject = self.pair.after.stickers[0]
        same = any(sticker.drawing == subject.drawing for sticker in reading.scene.stickers)
        obeyed = not reading.problems and is_true(self.asked.claim, reading.scene)
        return {"same": same, "scene_obeyed": obeyed}
