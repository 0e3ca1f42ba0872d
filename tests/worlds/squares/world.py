"""One or two squares, red or blue, side by side on white."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from itertools import product
from typing import Any

import numpy as np

from lumina.worlds.base import DepthScale, Example, RenderedScene
from lumina.worlds.benchmark import Ask, Threshold, Verdict
from lumina.worlds.choices import Part
from lumina.worlds.curriculum import Curriculum, Said
from lumina.worlds.language import UnknownWord, tokens

COLORS = {"red": (220, 30, 30), "blue": (30, 60, 220)}
WORDS = {"a", "square", "left", "of", "make", "the", "right", *COLORS}
SIDE = 32  # pixels of the frame
PLACES = {"left": 2, "right": 18}  # pixels from the left edge
SQUARE, TOP = 12, 10  # pixels
HELD_OUT = ("red", "blue")


@dataclass(frozen=True)
class Scene:
    """A lesson: the colours on the left and on the right, None for nothing there."""

    left: str | None
    right: str | None
    frame: tuple[int, int] = (SIDE, SIDE)
    weight: float = 1.0

    @property
    def is_held_out(self):
        return (self.left, self.right) == HELD_OUT

    def row(self):
        return asdict(self)

    def picture(self):
        pixels = np.full((SIDE, SIDE, 3), 255, np.uint8)
        for place, color in (("left", self.left), ("right", self.right)):
            if color:
                pixels[TOP : TOP + SQUARE, PLACES[place] : PLACES[place] + SQUARE] = COLORS[color]
        return pixels

    def images(self):
        picture = self.picture()
        return {"picture": picture, "segmentation": segmentation_of(picture)}

    def caption(self):
        return " left of ".join(f"a {color} square" for color in (self.left, self.right) if color)

    def say(self, rng):
        other = replace(self, left="blue" if self.left == "red" else "red")
        return Said({"prompt": self.caption()}, {"prompt": other.caption()}, np.zeros((16, 1), np.int64))


@dataclass(frozen=True)
class Edit:
    """A lesson: the left square in another colour."""

    before: Scene
    after: Scene
    weight: float = 1.0

    def row(self):
        return {}

    def undone(self):
        return Edit(self.after, self.before)

    def say(self, rng):
        return Said({"instruction": f"make the left square {self.after.left}"})


def segmentation_of(picture):
    return np.where((picture < 255).any(-1, keepdims=True), 255, 0).astype(np.uint8).repeat(3, -1)


def read(picture):
    """The scene in a picture: what colour is nearest in the middle of each place."""
    found = {}
    for place, x in PLACES.items():
        seen = picture[TOP : TOP + SQUARE, x : x + SQUARE].reshape(-1, 3).mean(0)
        shades = {None: (255, 255, 255), **COLORS}
        found[place] = min(shades, key=lambda color: np.abs(seen - shades[color]).sum())
    return Scene(**found)


def scenes():
    return [Scene(*colors) for colors in product((*COLORS, None), repeat=2) if any(colors)]


class Language:
    def normalize(self, text, kind="prompt"):
        return " ".join(word.lower() for word in tokens(text))

    def unknown_words(self, text, kind="prompt"):
        return tuple(UnknownWord(w, ("square",)) for w in tokens(text) if w.lower() not in WORDS)

    def replaced(self, text, word, known):
        return text.replace(word, known)

    def parts(self, text):
        return (Part(text),)

    def exchanged(self, text, at, word):
        return None


@dataclass(frozen=True)
class Case:
    task: str
    scene: Scene
    seed: int

    def turns(self):
        if self.task == "text_to_image":
            drawn = yield Ask(self.task, {"prompt": self.scene.caption(), "seed": self.seed})
            right = read(drawn["image"]) == self.scene
            return Verdict(self.task, self.scene.caption(), (drawn["image"],), {"overall": right})
        given = self.scene.picture()
        values = {"image": given, "kind": "segmentation", "seed": self.seed}
        drawn = yield Ask(self.task, values)
        error = float(np.abs(drawn["image"].astype(int) - segmentation_of(given)).mean())
        return Verdict(self.task, "segmentation", (given, drawn["image"]), {"error": error})


@dataclass(frozen=True, eq=False)
class Specimen:
    scene: Scene

    @property
    def images(self):
        return self.scene.images()

    def figures(self, images):
        return {"error": float(np.abs(images["picture"].astype(int) - self.images["picture"]).mean())}

    def judge(self, picture):
        return Judgement(read(picture) == self.scene, read(picture))


@dataclass(frozen=True)
class Judgement:
    accepted: bool
    found: Scene

    def rejected(self, rng):
        return [self.found != Scene("blue", None)]


class Benchmark:
    tasks: Mapping[Any, Any] = {"text_to_image": "text_to_image", "predict": "predict"}
    thresholds: Mapping[Any, Any] = {"text_to_image": (Threshold("overall", 0.5),)}

    def cases(self, name, count, seed):
        return (Case(name, Scene(*HELD_OUT), seed + i) for i in range(count))

    def specimens(self, count, seed, *, varied=False):
        return (Specimen(Scene(*HELD_OUT)) for _ in range(count))


class SquaresCurriculum(Curriculum):
    name = "squares"
    edition = "1"
    spec: Mapping[Any, Any] = {
        "title": "Squares",
        "sizes": ((SIDE, SIDE),),
        "default_size": (SIDE, SIDE),
        "tasks": ("text_to_image", "predict", "edit"),
        "kinds": ("segmentation",),
        "panels_together": False,
        "guidance_scale": 1.0,
        "world": "squares",
    }
    transformer: Mapping[Any, Any] = {
        "hidden_size": 72, "intermediate_size": 80, "num_hidden_layers": 1, "num_attention_heads": 2,
        "num_key_value_heads": 2, "max_position_embeddings": 512,
    }  # fmt: skip
    tokenizer: Mapping[Any, Any] = {
        "ch": 32,
        "num_res_blocks": 1,
        "n_embed": 32,
        "embed_dim": 4,
        "z_channels": 4,
    }
    text_tokens = 300
    frames: Mapping[Any, Any] = {(SIDE, SIDE): 1.0}
    tasks: Mapping[Any, Any] = {"text_to_image": 0.5, "predict": 0.2, "edit": 0.3}
    kinds: Mapping[Any, Any] = {"predict": {"segmentation": 1.0}}
    maps = ("segmentation",)
    images: Mapping[Any, Any] = {"picture": 0.7, "segmentation": 0.3}
    refined: Mapping[Any, Any] = images
    pairs: Mapping[Any, Any] = {"edit": 1}
    targets: Mapping[Any, Any] = {"one square": 2}
    judged = ("captions",)

    def sentences(self):
        return [scene.caption() for scene in scenes()] + ["make the right square blue"]

    def scene(self, rng, frame, *, varied=False):
        return scenes()[int(rng.integers(len(scenes())))]

    def read_scene(self, row):
        return Scene(**{**row, "frame": tuple(row["frame"])})

    def chain(self, task, rng):
        return [Edit(Scene("blue", None), Scene("red", None))]

    def read_pair(self, task, before, after, row):
        return Edit(before, after)

    def case(self, kind, rng):
        return Case("text_to_image", Scene("red", "red"), int(rng.integers(99)))


class Squares:
    name = "squares"
    language = Language()
    prompts = ("a red square", "a blue square")
    knows = "Squares, red or blue."
    unseen = "It has seen nothing but squares."
    predicted = ("segmentation",)
    depth: DepthScale | None = None

    def suggest(self, seed):
        return self.prompts[seed % 2]

    def examples(self, task):
        picture = Scene("red", None).picture()
        label = "make the left square blue"
        return (Example(label, {"image": picture, "instruction": label}),) if task == "edit" else ()

    def edits_of(self, picture):
        return ()

    def compare(self, kind, drawn, picture):
        return None

    def objects(self, segmentation):
        return (segmentation[..., 0] > 127).astype(np.uint8)

    def scene(self, prompt, seed, width, height):
        scene = scenes()[seed % len(scenes())]
        return RenderedScene(
            scene.picture(), {"segmentation": scene.images()["segmentation"]}, scene.caption()
        )

    def can_judge(self, prompt):
        return any(scene.caption() == prompt for scene in scenes())

    def score(self, picture, prompt):
        return float(read(picture).caption() == prompt)

    def shows(self, picture, prompt):
        return self.score(picture, prompt) > 0

    def shown_instead(self, picture, prompt):
        return None if self.shows(picture, prompt) else read(picture).caption()

    def benchmark(self):
        return Benchmark()

    def curriculum(self):
        return SquaresCurriculum()


WORLD = Squares()
