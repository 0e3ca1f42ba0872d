"""Held-out scenes on which tokenizer and judge are tried, with everything that is true of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from lumina.edges import lines
from lumina.worlds import metrics, segments
from lumina.worlds.benchmark import Specimen
from lumina.worlds.pixels import Pixels
from lumina.worlds.tabletop import maps
from lumina.worlds.tabletop.benchmark.held_out import held_out_scenes
from lumina.worlds.tabletop.captions import Claim, Thing, relation_of
from lumina.worlds.tabletop.judge import Reading, judge, read
from lumina.worlds.tabletop.negatives import wrong_claims
from lumina.worlds.tabletop.render import Rendering, render
from lumina.worlds.tabletop.scenes import Scene


def specimens(count: int, seed: int, varied: bool) -> Iterator[Specimen]:
    """See Benchmark; every fifth of varied ones has patterned solids."""
    for scene in held_out_scenes(count, seed, patterns=varied):
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
        """See Specimen: PSNR in dB, and each map's own figures."""
        truth, shown = self.rendering, self.images
        instances = segments.by_drawing_order(truth.instances)
        return {
            "psnr": metrics.psnr(images["picture"], shown["picture"]),
            "depth_psnr": metrics.psnr(images["depth"], shown["depth"]),
            "depth_abs_rel": metrics.abs_rel(maps.depth_of(images["depth"]), truth.depth),
            "depth_delta1": metrics.delta1(maps.depth_of(images["depth"]), truth.depth),
            "normal_psnr": metrics.psnr(images["normal"], shown["normal"]),
            "normal_angle": metrics.normal_angle(maps.normals_of(images["normal"]), truth.normals),
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


def full_claim(scene: Scene) -> Claim:
    """Everything there is to say about a scene."""
    counts: dict[Thing, int] = {}
    for solid in scene.solids:
        thing = Thing(1, solid.shape, solid.color, solid.material, solid.size)
        counts[thing] = counts.get(thing, 0) + 1
    things = tuple(replace(thing, count=count) for thing, count in counts.items())
    relation = None
    if len(scene.solids) == 2 == len(things):
        relation = relation_of(*scene.solids, scene.width, scene.height)
    return Claim(things, relation, scene.ground, scene.light)
