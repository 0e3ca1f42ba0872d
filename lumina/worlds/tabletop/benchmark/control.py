"""The benchmark of control: does the picture follow its map and its prompt, by measures of their own."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lumina.worlds.benchmark import Ask, Case, Turns, Verdict
from lumina.worlds.tabletop import maps
from lumina.worlds.tabletop.benchmark.held_out import of_kinds
from lumina.worlds.tabletop.captions import describe, text_of
from lumina.worlds.tabletop.judge import judge, read
from lumina.worlds.tabletop.map_metrics import condition_errors, own
from lumina.worlds.tabletop.render import render
from lumina.worlds.tabletop.scenes import Scene

KINDS = maps.MAP_KINDS


def control_cases(count: int, seed: int) -> Iterator[Case]:
    """`count` maps of held-out scenes, the kinds in turn, each with a caption of its scene."""
    return of_kinds(ControlCase, KINDS, count, seed, stream=2)


@dataclass(frozen=True)
class ControlCase:
    """A map to follow, with the words for its scene."""

    kind: str
    scene: Scene
    seed: int

    def turns(self) -> Turns:
        """See Case; figures that end in `_of_truth` are the same measure's on the true picture."""
        truth = render(self.scene)
        condition = maps.map_of(truth, self.kind)
        claim = describe(self.scene, np.random.default_rng(self.seed))
        prompt = text_of(claim)
        asked = {"condition": condition, "kind": self.kind, "prompt": prompt, "seed": self.seed}
        picture = (yield Ask("control", asked))["image"]
        reading = read(picture)
        obeyed, reasons = judge(reading, claim)
        values: dict[str, float | bool] = {
            **condition_errors(self.kind, condition, picture, reading),
            "prompt_obeyed": bool(obeyed),
            **own(condition_errors(self.kind, condition, truth.picture, read(truth.picture))),
        }
        images = (condition, picture, truth.picture)
        return Verdict(f"control_{self.kind}", f"{self.kind}: {prompt}", images, values, reasons)
