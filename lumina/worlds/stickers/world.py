"""The sticker world as everything else meets it."""

import numpy as np
from numpy.typing import NDArray

from lumina.worlds import segments
from lumina.worlds.base import DepthScale, Example, MapComparison, RenderedScene, World
from lumina.worlds.benchmark import Benchmark
from lumina.worlds.curriculum import Curriculum
from lumina.worlds.pixels import Pixels
from lumina.worlds.stickers import captions, examples, maps
from lumina.worlds.stickers.map_comparison import compared
from lumina.worlds.stickers.scene_from_words import rendered
from lumina.worlds.stickers.words import LANGUAGE


class Stickers:
    """One to four stickers on a ground; see World."""

    name = "stickers"
    language = LANGUAGE
    prompts: tuple[str, ...] = (
        "a cat on a pink background",
        "a pizza left of a rocket",
        "three flat strawberries",
        "a red car above a blue car on a meadow",
    )
    knows = "Some two hundred things, flat, outlined or drawn, one or several, on plain grounds."
    unseen = (
        "Stickers has seen nothing but its own drawings of some two hundred things on plain grounds: "
        "of any other picture it can only guess."
    )
    predicted: tuple[str, ...] = maps.PREDICTED
    depth: DepthScale | None = None

    def suggest(self, seed: int) -> str:
        """See World."""
        return captions.random_prompt(seed)

    def examples(self, task: str) -> tuple[Example, ...]:
        """See World."""
        return examples.examples(task)

    def edits_of(self, picture: Pixels) -> tuple[str, ...]:
        """See World."""
        return examples.edits_of(picture)

    def compare(self, kind: str, drawn: Pixels, picture: Pixels) -> MapComparison | None:
        """See World."""
        truth = examples.truth_of(picture) if kind in self.predicted else None
        return None if truth is None else compared(kind, drawn, truth)

    def objects(self, segmentation: Pixels) -> NDArray[np.uint8]:
        """See World; specks are none of them."""
        return segments.objects_in(segmentation)

    def scene(self, prompt: str, seed: int, width: int, height: int) -> RenderedScene:
        """See World."""
        return rendered(prompt, seed, width, height)

    def can_judge(self, prompt: str) -> bool:
        """See World."""
        return captions.parse(prompt) is not None

    def score(self, picture: Pixels, prompt: str) -> float:
        """2 for a picture that shows what the prompt says, 1 less for each fault, less its error (0 to 1)."""
        from lumina.worlds.stickers.judge import judge, read

        claim = captions.parse(prompt)
        assert claim is not None  # can_judge has seen to it
        reading = read(picture)
        _, faults = judge(reading, claim)
        return 2 - len(faults) - reading.error

    def shows(self, picture: Pixels, prompt: str) -> bool:
        """See World: no fault was found."""
        return self.score(picture, prompt) > 1

    def shown_instead(self, picture: Pixels, prompt: str) -> str | None:
        """See World."""
        from lumina.worlds.stickers.judge import judge, read, words

        claim = captions.parse(prompt)
        assert claim is not None  # can_judge has seen to it
        reading = read(picture)
        if judge(reading, claim)[0]:
            return None
        return "" if reading.problems else words(reading.scene)

    def benchmark(self) -> Benchmark:
        """See World."""
        from lumina.worlds.stickers.benchmark import BENCHMARK

        return BENCHMARK

    def curriculum(self) -> Curriculum:
        """See World."""
        from lumina.worlds.stickers.curriculum import StickersCurriculum

        return StickersCurriculum()


WORLD: World = Stickers()
