"""The tabletop world as everything else meets it."""

import numpy as np
from numpy.typing import NDArray

from lumina.worlds import segments
from lumina.worlds.base import DepthScale, Example, MapComparison, RenderedScene, World
from lumina.worlds.benchmark import Benchmark
from lumina.worlds.curriculum import Curriculum
from lumina.worlds.pixels import Pixels
from lumina.worlds.tabletop import captions, examples, maps
from lumina.worlds.tabletop.map_comparison import compared
from lumina.worlds.tabletop.scene_from_words import rendered
from lumina.worlds.tabletop.words import LANGUAGE


class Tabletop:
    """One to four solids on a table; see World."""

    name = "tabletop"
    language = LANGUAGE
    prompts: tuple[str, ...] = (
        "a yellow cylinder left of a blue cone",
        "two green cones",
        "a large purple cone",
        "a blue cone in front of a red cube",
    )
    knows = (
        "Cubes, spheres, cylinders and cones in eight colours, matte or metal, "
        "on a table by day, at sunset or at night."
    )
    unseen = (
        "Tabletop has seen nothing but its own small world of plain solids on a table: "
        "of any other picture it can only guess."
    )
    predicted: tuple[str, ...] = maps.PREDICTED
    depth: DepthScale | None = DepthScale(maps.NEAREST, maps.FARTHEST, "tabletop world units from the camera")

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
        from lumina.worlds.tabletop.judge import (  # brings in scipy, for which a command must not wait
            judge,
            read,
        )

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
        from lumina.worlds.tabletop.judge import judge, read, words

        claim = captions.parse(prompt)
        assert claim is not None  # can_judge has seen to it
        reading = read(picture)
        if judge(reading, claim)[0]:
            return None
        return "" if reading.problems else words(reading.scene)

    def benchmark(self) -> Benchmark:
        """See World."""
        from lumina.worlds.tabletop.benchmark import BENCHMARK

        return BENCHMARK

    def curriculum(self) -> Curriculum:
        """See World."""
        from lumina.worlds.tabletop.curriculum import TabletopCurriculum

        return TabletopCurriculum()


WORLD: World = Tabletop()
