"""What the tabletop model is trained on, and what it is shown more and less often."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np

from lumina.edges import soft_edge_picture
from lumina.worlds import segments
from lumina.worlds.benchmark import Case
from lumina.worlds.curriculum import Curriculum, Frame, PairLesson, Row, Said, SceneLesson, weighted
from lumina.worlds.pixels import Pixels
from lumina.worlds.tabletop import maps
from lumina.worlds.tabletop.auxiliary_targets import TARGETS, answers_ahead, answers_of_edit
from lumina.worlds.tabletop.captions import Claim, describe, relation_of, text_of
from lumina.worlds.tabletop.edits import OPERATIONS, SceneEdit, sample_edit
from lumina.worlds.tabletop.instructing import instruct
from lumina.worlds.tabletop.negatives import wrong_claims, wrong_edit
from lumina.worlds.tabletop.render import render
from lumina.worlds.tabletop.scenes import FRAMES, Scene, Solid, is_held_out, sample_scene
from lumina.worlds.tabletop.spec import SPEC
from lumina.worlds.tabletop.subjects import request, sample_subject

# A small model on few processor hours learns the common case well or everything poorly: daylight and
# few different solids are drawn more often than they were rendered, and so are those that stand side by side.
LIGHT_WEIGHTS = {"daylight": 1.0, "sunset": 0.4, "night": 0.4}
CROWD_WEIGHT = 0.5  # for three and more solids that are not of one shape
LONE_WEIGHT = 1.5  # for a single solid: where it begins is least certain
GROUP_WEIGHT = 4.0  # for three and more solids of one shape
BESIDE_WEIGHT = 2.5  # for two solids of which words can say how they stand
OPERATION_WEIGHTS = {"reground": 0.5, "add": 2.6, "remove": 0.8, "replace": 1.3, "resize": 1.2}  # others 1
EDITS_CONTRASTED = 0.5  # share of edits that have untrue words; nearly all are told apart already
# How often each kind of fault is set against the truth: where words were seldom heeded, more often.
FAULT_WEIGHTS = {
    "relation": 4.0, "swap": 2.0, "count": 4.0, "color": 1.0, "shape": 1.0, "material": 0.5, "size": 1.0,
    "ground": 0.2, "light": 0.2,
}  # fmt: skip
CHAIN = 4  # scenes in a chain of edits, each one made from the one before
LOOKED_AT = 12  # scenes of which one is drawn, by its weight in training
OPERATION_CHANCES = {operation: 4.0 if operation == "add" else 1.0 for operation in OPERATIONS}
WORDS = (  # that only some tasks use, so that they cost few text tokens
    " striped dotted checkered make turn paint remove add replace move change the color size bigger smaller "
    "swap delete put take away into with left right front behind ground daylight sunset night\n"
)
SENTENCES = 3000  # captions that the text tokenizer is built from


@dataclass(frozen=True)
class Shown:
    """A scene; see SceneLesson."""

    scene: Scene

    @property
    def frame(self) -> Frame:
        """See SceneLesson."""
        return self.scene.width, self.scene.height

    @property
    def is_held_out(self) -> bool:
        """See SceneLesson."""
        return is_held_out(self.scene)

    @property
    def weight(self) -> float:
        """See Lesson."""
        return weight_of(self.scene)

    def row(self) -> Row:
        """See Lesson."""
        return asdict(self.scene)

    def picture(self) -> Pixels:
        """See SceneLesson."""
        return render(self.scene).picture

    def images(self) -> Mapping[str, Pixels]:
        """See SceneLesson."""
        rendering = render(self.scene)
        return {"picture": rendering.picture, **maps.map_pictures(rendering)}

    def say(self, rng: np.random.Generator) -> Said:
        """See Lesson: a caption composed afresh."""
        claim = describe(self.scene, rng)
        fault = _fault(claim, self.scene, rng)
        untrue = None if fault is None else {"prompt": fault}
        return Said({"prompt": text_of(claim)}, untrue, answers_ahead(self.scene))


@dataclass(frozen=True)
class _Pair:
    """What edits and subjects have in common as lessons."""

    edit: SceneEdit

    @property
    def before(self) -> Shown:
        """See PairLesson."""
        return Shown(self.edit.before)

    @property
    def after(self) -> Shown:
        """See PairLesson."""
        return Shown(self.edit.after)

    def row(self) -> Row:
        """See Lesson."""
        return {"operation": self.edit.operation, "solid": self.edit.solid}


@dataclass(frozen=True)
class Edited(_Pair):
    """An edit; see PairLesson."""

    @property
    def weight(self) -> float:
        """See Lesson."""
        return weight_of_edit(self.edit)

    def undone(self) -> "Edited":
        """See PairLesson."""
        return Edited(self.edit.undone())

    def say(self, rng: np.random.Generator) -> Said | None:
        """See Lesson: an instruction worded afresh; None where no words lead to the place."""
        said = instruct(self.edit, rng)
        if said is None:
            return None
        other = wrong_edit(self.edit, said, rng) if rng.random() < EDITS_CONTRASTED else None
        untrue = None if other is None else {"instruction": other.text}
        return Said({"instruction": said.text}, untrue, answers_of_edit(self.edit))


@dataclass(frozen=True)
class SubjectPair(_Pair):
    """A patterned solid on white, and again in a new scene; see PairLesson."""

    weight: float = 1.0

    def undone(self) -> None:
        """See PairLesson: it is not learned backwards."""

    def say(self, rng: np.random.Generator) -> Said:
        """See Lesson."""
        asked = request(self.edit, rng)
        fault = _fault(asked.claim, self.edit.after, rng)
        named = {"subject": asked.description}
        untrue = None if fault is None else {**named, "prompt": fault}
        return Said({**named, "prompt": text_of(asked.claim)}, untrue, answers_ahead(self.edit.after))


_PAIRS: Mapping[str, type[Edited] | type[SubjectPair]] = {"edit": Edited, "subject": SubjectPair}


class TabletopCurriculum(Curriculum):
    """See Curriculum."""

    name = "tabletop"
    spec: Mapping[str, Any] = SPEC
    frames: Mapping[Frame, float] = dict(zip(FRAMES, (0.5, 0.25, 0.25), strict=True))
    tasks: Mapping[str, float] = {
        "text_to_image": 0.40, "image_pair": 0.04, "control": 0.09, "predict": 0.05, "edit": 0.36,
        "subject": 0.06,
    }  # fmt: skip
    _predicted: Mapping[str, float] = {
        "depth": 0.16, "normal": 0.15, "segmentation": 0.30, "canny": 0.23, "hed": 0.08, "scribble": 0.08,
    }  # fmt: skip
    kinds: Mapping[str, Mapping[str, float]] = {
        "control": {
            "depth": 0.22, "canny": 0.22, "normal": 0.16, "segmentation": 0.16, "hed": 0.12, "scribble": 0.12,
        },
        "predict": _predicted,
        "image_pair": _predicted,
    }  # fmt: skip
    maps: Sequence[str] = maps.MAP_KINDS
    images: Mapping[str, float] = {
        "picture": 0.5, "depth": 0.1, "normal": 0.15, "segmentation": 0.1, "canny": 0.15,
    }  # fmt: skip
    # Patterned solids, hardest to tell from their codes, more often than when those were made.
    refined: Mapping[str, float] = {
        "picture": 0.35, "subject": 0.3, "depth": 0.07, "normal": 0.08, "segmentation": 0.08, "canny": 0.12,
    }  # fmt: skip
    pairs: Mapping[str, int] = {"edit": 250, "subject": 90}
    targets: Mapping[str, int] = TARGETS
    judged: Sequence[str] = ("captions", "edits")

    @cached_property
    def edition(self) -> str:
        """See Curriculum: a digest of some scenes."""
        samples = [sample_scene(np.random.default_rng(seed)) for seed in range(20)]
        return hashlib.sha256(repr(samples).encode()).hexdigest()

    def sentences(self) -> Iterable[str]:
        """See Curriculum."""
        rng = np.random.default_rng(0)
        yield from (text_of(describe(scene, rng)) for scene in (sample_scene(rng) for _ in range(SENTENCES)))
        yield from [WORDS] * (50 * len(FRAMES))

    def scene(self, rng: np.random.Generator, frame: Frame, *, varied: bool = False) -> Shown:
        """See Curriculum."""
        return Shown(sample_scene(rng, frame, patterns=varied))

    def read_scene(self, row: Row) -> Shown:
        """See Curriculum."""
        return Shown(Scene(**{**row, "solids": tuple(Solid(**solid) for solid in row["solids"])}))

    def derived(self, kind: str, images: Mapping[str, Pixels]) -> Pixels:
        """See Curriculum: soft edges and scribbles."""
        if kind == "hed":
            return soft_edge_picture(images["picture"])
        return segments.scribble_picture(segments.segments_of(images["segmentation"]))

    def chain(self, task: str, rng: np.random.Generator) -> Sequence[PairLesson]:
        """See Curriculum: three edits of different kinds in a row, or a subject."""
        return _CHAINS[task](rng)

    def read_pair(self, task: str, before: SceneLesson, after: SceneLesson, row: Row) -> PairLesson:
        """See Curriculum."""
        assert isinstance(before, Shown) and isinstance(after, Shown)
        return _PAIRS[task](SceneEdit(row["operation"], before.scene, after.scene, row["solid"]))

    def case(self, kind: str, rng: np.random.Generator) -> Case:
        """See Curriculum: a caption to draw, or an edit to make."""
        return _CASES[kind](rng)


def weight_of(scene: Scene) -> float:
    """How often a scene is drawn, relative to others."""
    alike = len({solid.shape for solid in scene.solids}) == 1
    if len(scene.solids) > 2:
        number = GROUP_WEIGHT if alike else CROWD_WEIGHT
    elif len(scene.solids) == 1:
        number = LONE_WEIGHT
    else:
        number = BESIDE_WEIGHT if _beside(scene) else 1.0
    return LIGHT_WEIGHTS[scene.light] * number


def _beside(scene: Scene) -> bool:
    first, second = scene.solids
    if (first.shape, first.color) == (second.shape, second.color):
        return False
    return relation_of(first, second, scene.width, scene.height) is not None


def weight_of_edit(edit: SceneEdit) -> float:
    """How often an edit is drawn, relative to others: the more solids, the harder to tell the one meant."""
    return len(edit.before.solids) * OPERATION_WEIGHTS.get(edit.operation, 1.0)


def _fault(claim: Claim, scene: Scene, rng: np.random.Generator) -> str | None:
    """The caption with one fault; None where every fault would leave it true."""
    found = list(wrong_claims(claim, scene, rng))
    return text_of(weighted(found, [FAULT_WEIGHTS[kind] for kind, _ in found], rng)[1]) if found else None


def _edit_chain(rng: np.random.Generator) -> list[SceneEdit]:
    """Edits of different kinds in a row, each of which can be asked for in words."""
    scene = sample_scene(rng, FRAMES[0])
    chain: list[SceneEdit] = []
    for operation in rng.permutation(OPERATIONS):
        edit = sample_edit(scene, str(operation), rng)
        if edit is not None and instruct(edit, rng) is not None:
            chain.append(edit)
            scene = edit.after
        if len(chain) == CHAIN - 1:
            break
    return chain if chain else _edit_chain(rng)


def _caption(rng: np.random.Generator) -> Case:
    """A caption of a scene that training may show."""
    from lumina.worlds.tabletop.benchmark.prompts import Prompt, PromptCase

    scenes = [scene for scene in _scenes(rng, LOOKED_AT) if not is_held_out(scene)]
    claim = describe(weighted(scenes, map(weight_of, scenes), rng), rng)
    return PromptCase(Prompt("captions", claim, *FRAMES[0], seed=int(rng.integers(2**31))))


def _edit(rng: np.random.Generator) -> Case:
    """An edit that training may show."""
    from lumina.worlds.tabletop.benchmark.editing import EditCase

    while True:
        (scene,) = _scenes(rng, 1)
        edit = sample_edit(scene, weighted(OPERATIONS, OPERATION_CHANCES.values(), rng), rng)
        said = instruct(edit, rng) if edit is not None else None
        if edit is not None and said is not None and not any(map(is_held_out, (edit.before, edit.after))):
            return EditCase(edit, said, int(rng.integers(2**31)))


def _scenes(rng: np.random.Generator, count: int) -> Iterator[Scene]:
    return (sample_scene(rng, FRAMES[0]) for _ in range(count))


_CHAINS: Mapping[str, Callable[[np.random.Generator], Sequence[PairLesson]]] = {
    "edit": lambda rng: [Edited(edit) for edit in _edit_chain(rng)],
    "subject": lambda rng: [SubjectPair(sample_subject(rng))],
}
_CASES = {"captions": _caption, "edits": _edit}
