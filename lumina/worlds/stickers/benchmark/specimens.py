"""Held-out scenes on which tokenizer and judge are tried, with everything that is true of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from lumina.edges import lines
from lumina.worlds import metrics, segments
from lumina.worlds.benchmark import Specimen
from lumina.worlds.pixels import Pixels
from lumina.worlds.stickers import maps
from lumina.worlds.stickers.benchmark.held_out import held_out_scenes
from lumina.worlds.stickers.judge import Reading, full_claim, judge, read
from lumina.worlds.stickers.negatives import wrong_claims
from lumina.worlds.stickers.render import Rendering, render
from lumina.worlds.stickers.scenes import Scene


def specimens(count: int, seed: int, varied: bool) -> Iterator[Specimen]:
    """See Benchmark; varied ones are no others."""
    for scene in held_out_scenes(count, seed):
        yield SceneSpecimen(scene, render(scene))


@dataclass(frozen=True, eq=False)
class SceneSpecimen:
    """A scene and its rendering; see Specimen."""

    scene: Scene
    rendering: Rendering

    @cached_property
    def images(self) -> Mapping[str, Pixels]:
        """See Specimen."""
        return {"picture": self.rendering.picture, **maps.map_pictures(self.rendering)}

    def figures(self, images: Mapping[str, Pixels]) -> Mapping[str, float]:
        """See Specimen: PSNR in dB, the share of drawings that are known again, and the maps' figures."""
        shown = self.images
        instances = segments.by_drawing_order(self.rendering.instances)
        found = {(s.drawing, s.size, s.x, s.y) for s in read(images["picture"]).scene.stickers}
        known = [(s.drawing, s.size, s.x, s.y) in found for s in self.scene.stickers]
        return {
            "psnr": metrics.psnr(images["picture"], shown["picture"]),
            "recognised": float(np.mean(known)),
            "edge_f1": metrics.edge_f1(lines(images["canny"]), lines(shown["canny"])),
            "segmentation_miou": metrics.mean_iou(segments.segments_of(images["segmentation"]), instances),
        }

    def judge(self, picture: Pixels) -> "SceneJudgement":
        """See Specimen."""
        return SceneJudgement(self.scene, read(picture))


@dataclass(frozen=True, eq=False)
class SceneJudgement:
    """What the judge reads, against a scene; see Judgement."""

    scene: Scene
    reading: Reading

    @property
    def accepted(self) -> bool:
        """Whether everything there is to say about the scene is found to be true."""
        return judge(self.reading, full_claim(self.scene))[0]

    def rejected(self, rng: np.random.Generator) -> Sequence[bool]:
        """See Judgement."""
        wrong = wrong_claims(full_claim(self.scene), self.scene, rng)
        return [not judge(self.reading, claim)[0] for _, claim in wrong]
