"""What the sticker model is trained on, and what it is shown more and less often."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np

from lumina.edges import soft_edge_picture
from lumina.worlds import segments
from lumina.worlds.benchmark import Case
from lumina.worlds.curriculum import Curriculum, Frame, PairLesson, Row, Said, SceneLesson, weighted
from lumina.worlds.pixels import Pixels
from lumina.worlds.stickers import maps
from lumina.worlds.stickers.auxiliary_targets import answers_ahead, answers_of_edit, targets
from lumina.worlds.stickers.captions import Claim, describe, is_sayable, phrases, text_of
from lumina.worlds.stickers.edits import OPERATIONS, SceneEdit, sample_edit
from lumina.worlds.stickers.instructing import edit_words, instruct
from lumina.worlds.stickers.negatives import wrong_claims, wrong_edit
from lumina.worlds.stickers.render import render
from lumina.worlds.stickers.scenes import (
    FRAME,
    MOST,
    Scene,
    Sticker,
    crowded_scene,
    is_held_out,
    sample_scene,
)
from lumina.worlds.stickers.spec import SPEC
from lumina.worlds.stickers.subjects import request, sample_subject

LONE_WEIGHT = 1.2
GROUP_WEIGHT = 2.0  # for three and more stickers of one noun
CROWD_WEIGHT = 1.4  # for three and more that are not: there is most to learn in each
OPERATION_WEIGHTS = {  # others 1; those that draw another sticker have most to learn
    "reground": 0.5, "add": 2.0, "replace": 2.0, "restyle": 2.0, "recolour": 1.5, "remove": 0.7,
}  # fmt: skip
EDITS_CONTRASTED = 0.5  # share of edits that have untrue words; most are told apart soon
FAULT_WEIGHTS = {
    "relation": 3.0, "swap": 2.0, "count": 3.0, "color": 1.5, "noun": 1.0, "style": 1.5, "size": 1.0,
    "ground": 0.3,
}  # fmt: skip
CHAIN = 4  # scenes in a chain of edits, each one made from the one before
LOOKED_AT = 12  # scenes of which one is drawn, by its weight in training
OPERATION_CHANCES = {operation: 3.0 if operation == "add" else 1.0 for operation in OPERATIONS}
SENTENCES = 6000  # captions that the text tokenizer is built from


@dataclass(frozen=True)
class Shown:
    """A scene; see SceneLesson."""

    scene: Scene
    frame: Frame = FRAME

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

    def say(self, rng: np.random.Generator) -> Said | None:
        """See Lesson: a caption composed afresh."""
        claim = describe(self.scene, rng)
        if not is_sayable(claim):
            return None
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
        return {"operation": self.edit.operation, "sticker": self.edit.sticker}


@dataclass(frozen=True)
class Edited(_Pair):
    """An edit; see PairLesson."""

    @property
    def weight(self) -> float:
        """See Lesson."""
        return len(self.edit.before.stickers) * OPERATION_WEIGHTS.get(self.edit.operation, 1.0)

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
    """A sticker on white, and again in a new scene; see PairLesson."""

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


class StickersCurriculum(Curriculum):
    """See Curriculum."""

    name = "stickers"
    spec: Mapping[str, Any] = SPEC
    transformer: Mapping[str, Any] = {
        "hidden_size": 320, "intermediate_size": 704, "num_hidden_layers": 8, "num_attention_heads": 5,
        "num_key_value_heads": 5,
    }  # fmt: skip
    tokenizer: Mapping[str, Any] = {"n_embed": 4096}
    text_tokens = 1024
    scene_files = 600
    varied_every = 2
    varied_drawn = True
    contrast_from = 0.75
    frames: Mapping[Frame, float] = {FRAME: 1.0}
    tasks: Mapping[str, float] = {
        "text_to_image": 0.40, "image_pair": 0.04, "control": 0.08, "predict": 0.10, "edit": 0.30,
        "subject": 0.08,
    }  # fmt: skip
    _predicted: Mapping[str, float] = {"segmentation": 0.4, "canny": 0.3, "hed": 0.15, "scribble": 0.15}
    kinds: Mapping[str, Mapping[str, float]] = {
        "control": {"segmentation": 0.2, "canny": 0.4, "hed": 0.2, "scribble": 0.2},
        "predict": _predicted,
        "image_pair": _predicted,
    }
    maps: Sequence[str] = maps.MAP_KINDS
    images: Mapping[str, float] = {"picture": 0.85, "segmentation": 0.03, "canny": 0.12}
    refined: Mapping[str, float] = {"picture": 0.7, "subject": 0.1, "segmentation": 0.05, "canny": 0.15}
    pairs: Mapping[str, int] = {"edit": 250, "subject": 100}
    judged: Sequence[str] = ("captions", "edits")

    @cached_property
    def targets(self) -> Mapping[str, int]:  # type: ignore[override]
        """See Curriculum."""
        return targets()

    @cached_property
    def edition(self) -> str:
        """See Curriculum: a digest of some scenes and their pictures."""
        samples = [sample_scene(np.random.default_rng(seed)) for seed in range(20)]
        pictures = b"".join(render(scene).picture.tobytes() for scene in samples)
        return hashlib.sha256(repr(samples).encode() + pictures).hexdigest()

    def sentences(self) -> Iterable[str]:
        """See Curriculum."""
        rng = np.random.default_rng(0)
        yield from (text_of(describe(scene, rng)) for scene in (sample_scene(rng) for _ in range(SENTENCES)))
        words = sorted({*edit_words(), *(" ".join(words) for words in phrases())})
        yield from [f" {' '.join(words)}\n"] * 40

    def scene(self, rng: np.random.Generator, frame: Frame, *, varied: bool = False) -> Shown:
        """See Curriculum; varied ones are full of stickers, so that there is more to learn in each."""
        return Shown(crowded_scene(rng) if varied else sample_scene(rng))

    def read_scene(self, row: Row) -> Shown:
        """See Curriculum."""
        return Shown(Scene(tuple(Sticker(**sticker) for sticker in row["stickers"]), row["ground"]))

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
        return _PAIRS[task](SceneEdit(row["operation"], before.scene, after.scene, row["sticker"]))

    def case(self, kind: str, rng: np.random.Generator) -> Case:
        """See Curriculum: a caption to draw, or an edit to make."""
        return _CASES[kind](rng)


def weight_of(scene: Scene) -> float:
    """How often a scene is drawn, relative to others; never one with more stickers than words tell of."""
    if len(scene.stickers) > MOST:
        return 0.0
    if len(scene.stickers) > 2:
        return GROUP_WEIGHT if len({sticker.noun for sticker in scene.stickers}) == 1 else CROWD_WEIGHT
    return LONE_WEIGHT if len(scene.stickers) == 1 else 1.0


def _fault(claim: Claim, scene: Scene, rng: np.random.Generator) -> str | None:
    """The caption with one fault; None where every fault would leave it true."""
    found = list(wrong_claims(claim, scene, rng))
    return text_of(weighted(found, [FAULT_WEIGHTS[kind] for kind, _ in found], rng)[1]) if found else None


def _edit_chain(rng: np.random.Generator) -> list[SceneEdit]:
    """Edits of different kinds in a row, each of which can be asked for in words."""
    scene = sample_scene(rng)
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
    from lumina.worlds.stickers.benchmark.prompts import Prompt, PromptCase

    while True:
        scenes = [scene for scene in (sample_scene(rng) for _ in range(LOOKED_AT)) if not is_held_out(scene)]
        claim = describe(weighted(scenes, map(weight_of, scenes), rng), rng)
        if is_sayable(claim):
            return PromptCase(Prompt("captions", claim, seed=int(rng.integers(2**31))))


def _edit(rng: np.random.Generator) -> Case:
    """An edit that training may show."""
    from lumina.worlds.stickers.benchmark.editing import EditCase

    while True:
        edit = sample_edit(sample_scene(rng), weighted(OPERATIONS, OPERATION_CHANCES.values(), rng), rng)
        said = instruct(edit, rng) if edit is not None else None
        if edit is not None and said is not None and not any(map(is_held_out, (edit.before, edit.after))):
            return EditCase(edit, said, int(rng.integers(2**31)))


_CHAINS: Mapping[str, Callable[[np.random.Generator], Sequence[PairLesson]]] = {
    "edit": lambda rng: [Edited(edit) for edit in _edit_chain(rng)],
    "subject": lambda rng: [SubjectPair(sample_subject(rng))],
}
_CASES = {"captions": _caption, "edits": _edit}
