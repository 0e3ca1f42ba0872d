"""The benchmarks of maps: predicted from held-out pictures, drawn with a picture, and followed by one."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lumina.worlds.benchmark import Ask, Case, Turns, Verdict
from lumina.worlds.stickers import maps
from lumina.worlds.stickers.benchmark.held_out import of_kinds
from lumina.worlds.stickers.captions import Claim, describe, is_sayable, text_of
from lumina.worlds.stickers.judge import full_claim, judge, read
from lumina.worlds.stickers.map_comparison import condition_errors, map_errors
from lumina.worlds.stickers.render import Rendering, render
from lumina.worlds.stickers.scenes import Scene

KINDS = maps.MAP_KINDS


def predict_cases(count: int, seed: int) -> Iterator[Case]:
    """`count` held-out pictures, a kind of map for each in turn."""
    return of_kinds(PredictCase, KINDS, count, seed, stream=0)


def pair_cases(count: int, seed: int) -> Iterator[Case]:
    """As `predict_cases`; of the scenes only a caption is given."""
    return of_kinds(PairCase, KINDS, count, seed, stream=1)


def control_cases(count: int, seed: int) -> Iterator[Case]:
    """`count` maps of held-out scenes, the kinds in turn, each with a caption of its scene."""
    return of_kinds(ControlCase, KINDS, count, seed, stream=2)


def _claim(scene: Scene, seed: int) -> Claim:
    """A random caption of the scene."""
    claim = describe(scene, np.random.default_rng(seed))
    return claim if is_sayable(claim) else full_claim(scene)


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
        images = (truth.picture, drawn["image"], maps.map_of(truth, self.kind))
        return Verdict(self.kind, self.kind, images, map_errors(self.kind, drawn["image"], truth))


@dataclass(frozen=True)
class PairCase:
    """A caption to draw with a map; the truth of the map is the picture drawn above it.

    Segments and scribbles are compared with those of the scene that the judge finds there, where it finds a
    `sound` one; edges with the detector's.
    """

    kind: str
    scene: Scene
    seed: int

    def turns(self) -> Turns:
        """See Case."""
        claim = _claim(self.scene, self.seed)
        drawn = yield Ask("image_pair", {"prompt": text_of(claim), "kind": self.kind, "seed": self.seed})
        picture, shown = drawn["image"], drawn["map"]
        reading = read(picture)
        obeyed, reasons = judge(reading, claim)
        values: dict[str, float | bool] = {"prompt_obeyed": obeyed, "sound": not reading.problems}
        again = Rendering(picture, render(reading.scene).instances)
        if self.kind in ("canny", "hed") or not reading.problems:
            values |= map_errors(self.kind, shown, again)
        images = (picture, shown, maps.map_of(again, self.kind))
        return Verdict(f"pair_{self.kind}", f"{self.kind}: {text_of(claim)}", images, values, reasons)


@dataclass(frozen=True)
class ControlCase:
    """A map to follow, with the words for its scene."""

    kind: str
    scene: Scene
    seed: int

    def turns(self) -> Turns:
        """See Case. The map is made again of what was drawn, of the scene that the judge finds in it."""
        truth = render(self.scene)
        condition = maps.map_of(truth, self.kind)
        claim = _claim(self.scene, self.seed)
        asked = {"condition": condition, "kind": self.kind, "prompt": text_of(claim), "seed": self.seed}
        picture = (yield Ask("control", asked))["image"]
        reading = read(picture)
        obeyed, reasons = judge(reading, claim)
        again = Rendering(picture, render(reading.scene).instances)
        values: dict[str, float | bool] = {
            **condition_errors(self.kind, condition, again),
            "prompt_obeyed": obeyed,
        }
        images = (condition, picture, truth.picture)
        return Verdict(f"control_{self.kind}", f"{self.kind}: {text_of(claim)}", images, values, reasons)
