"""Benchmarks of maps: predicted from held-out pictures, and drawn together with a picture."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lumina.edges import edge_picture, lines
from lumina.worlds.benchmark import Ask, Case, Turns, Verdict
from lumina.worlds.metrics import edge_f1
from lumina.worlds.tabletop import maps
from lumina.worlds.tabletop.benchmark.held_out import of_kinds
from lumina.worlds.tabletop.captions import describe, text_of
from lumina.worlds.tabletop.judge import judge, read
from lumina.worlds.tabletop.map_metrics import map_errors
from lumina.worlds.tabletop.render import render
from lumina.worlds.tabletop.scenes import Scene

KINDS = maps.PREDICTED


def predict_cases(count: int, seed: int) -> Iterator[Case]:
    """`count` held-out pictures, a kind of map for each in turn."""
    return of_kinds(PredictCase, KINDS, count, seed, stream=0)


def pair_cases(count: int, seed: int) -> Iterator[Case]:
    """As `predict_cases`; of the scenes only a caption is given."""
    return of_kinds(PairCase, KINDS, count, seed, stream=1)


@dataclass(frozen=True)
class PredictCase:
    """A picture whose map of one kind is known."""

    kind: str
    scene: Scene
    seed: int

    def turns(self) -> Turns:
        """See Case."""
        truth = render(self.scene)
        drawn = yield Ask("predict", {"image": truth.picture, "kind": self.kind, "seed": self.seed})
        shown = drawn["image"]
        images = (truth.picture, shown, maps.map_of(truth, self.kind))
        return Verdict(self.kind, self.kind, images, map_errors(self.kind, shown, truth))


@dataclass(frozen=True)
class PairCase:
    """A caption to draw with a map; the truth of the map is the picture drawn above it.

    Depth, normals and segments are compared with the scene that the judge finds in that picture, where it
    finds a sound one (`sound`); edges with the detector's.
    """

    kind: str
    scene: Scene
    seed: int

    def turns(self) -> Turns:
        """See Case."""
        claim = describe(self.scene, np.random.default_rng(self.seed))
        drawn = yield Ask("image_pair", {"prompt": text_of(claim), "kind": self.kind, "seed": self.seed})
        picture, shown = drawn["image"], drawn["map"]
        reading = read(picture)
        again = render(reading.scene)
        obeyed, reasons = judge(reading, claim)
        values: dict[str, float | bool] = {"prompt_obeyed": bool(obeyed), "sound": not reading.problems}
        truth = maps.map_of(again, self.kind)
        if self.kind == "canny":
            truth = edge_picture(picture)
            values["f1"] = edge_f1(lines(shown), lines(truth))
        elif not reading.problems:
            values |= map_errors(self.kind, shown, again, found=True)
        caption = f"{self.kind}: {text_of(claim)}"
        return Verdict(f"pair_{self.kind}", caption, (picture, shown, truth), values, reasons)
