"""The English of the tabletop world: what a caption claims about a scene, its words, and reading it back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from lumina.worlds.language import tokens
from lumina.worlds.pixels import STEP
from lumina.worlds.tabletop import camera
from lumina.worlds.tabletop.scenes import (
    COLORS,
    GROUNDS,
    LIGHTS,
    MATERIALS,
    SHAPES,
    SIZES,
    Scene,
    Solid,
    materials_of,
    rise,
    sample_scene,
)

NUMBERS = {1: "a", 2: "two", 3: "three", 4: "four"}
LIGHT_PHRASES = {"daylight": "in daylight", "sunset": "at sunset", "night": "at night"}
NUMBERS_OF_MANY = frozenset(word for count, word in NUMBERS.items() if count > 1)
RELATIONS = ("left of", "right of", "in front of", "behind")
OPPOSITE = {
    "left of": "right of", "right of": "left of", "in front of": "behind", "behind": "in front of",
}  # fmt: skip
PLURALS = {f"{shape}s": shape for shape in SHAPES}

GLUE = frozenset(
    ("a", "an", "and", "of", "on", "in", "at", "the", "left", "right", "front", "behind", "ground", "to")
) | {"photo", "picture"}
KNOWN_WORDS = frozenset(
    [*SHAPES, *PLURALS, *COLORS, *MATERIALS, *SIZES, *GROUNDS, *LIGHTS, *NUMBERS.values(), *GLUE]
)


@dataclass(frozen=True)
class Thing:
    """`count` solids of one shape; None means not said."""

    count: int
    shape: str
    color: str | None = None
    material: str | None = None
    size: str | None = None

    def fits(self, solid: Solid) -> bool:
        """True if the solid is one of these."""
        return (
            self.shape == solid.shape
            and self.color in (None, solid.color)
            and self.material in (None, solid.material)
            and self.size in (None, solid.size)
        )


@dataclass(frozen=True)
class Claim:
    """What a caption says: exactly these things, the first one's relation to the second, ground and light."""

    things: tuple[Thing, ...]
    relation: str | None = None
    ground: str | None = None
    light: str | None = None

    @property
    def count(self) -> int:
        """Solids in all."""
        return sum(thing.count for thing in self.things)


@lru_cache(maxsize=1 << 16)
def foot(solid: Solid, width: int, height: int) -> tuple[float, float]:
    """Pixel (x, y) of the point where the solid stands."""
    point = np.array([[solid.x, solid.y, 0]], dtype=np.float32)
    x, y = camera.project(point, width, height)[0]
    return float(x), float(y)


def relation_of(a: Solid, b: Solid, width: int, height: int) -> str | None:
    """The clear relation of a to b as the viewer sees it, or None if neither direction dominates."""
    (ax, ay), (bx, by) = foot(a, width, height), foot(b, width, height)
    dx, dy = bx - ax, by - ay
    if abs(dx) > 18 and abs(dx) > 1.3 * abs(dy):
        return "left of" if dx > 0 else "right of"
    if abs(dy) > 18 and abs(dy) > 1.3 * abs(dx):
        return "behind" if dy > 0 else "in front of"
    return None


def stands(relation: str, a: Solid, b: Solid, width: int, height: int) -> bool:
    """True if a stands in the relation to b, also where it is not the most striking one."""
    (ax, ay), (bx, by) = foot(a, width, height), foot(b, width, height)
    offset = {"left of": bx - ax, "right of": ax - bx, "behind": by - ay, "in front of": ay - by}[relation]
    return offset > 8


def text_of(claim: Claim) -> str:
    """The caption of a claim in plain English."""
    phrases = [phrase(thing) for thing in claim.things]
    if claim.relation is not None and len(phrases) == 2:
        text = f"{phrases[0]} {claim.relation} {phrases[1]}"
    else:
        text = phrases[0] if len(phrases) == 1 else f"{', '.join(phrases[:-1])} and {phrases[-1]}"
    if claim.ground is not None:
        text += f" on a {claim.ground} ground"
    return text if claim.light is None else f"{text} {LIGHT_PHRASES[claim.light]}"


def phrase(thing: Thing) -> str:
    """The words for a thing: ``two red cubes``."""
    noun = thing.shape if thing.count == 1 else f"{thing.shape}s"
    words = [word for word in (thing.size, thing.color, thing.material, noun) if word]
    number = NUMBERS.get(thing.count, "more than four")
    if number == "a" and words[0][0] in "aeiou":
        number = "an"
    return " ".join([number, *words])


def drawing_order(scene: Scene) -> list[Solid]:
    """The solids as drawing row by row comes to them: by the row of codes where they begin, then across."""

    def place(solid: Solid) -> tuple[int, float]:
        x, y = foot(solid, scene.width, scene.height)
        return int(y - rise(solid)) // STEP, x

    return sorted(scene.solids, key=place)


def describe(scene: Scene, rng: np.random.Generator) -> Claim:
    """A random true claim about all solids of the scene, leaving some of their qualities unsaid.

    Solids are named in the order in which they are drawn (docs/decisions/0007), save that now and then the
    nearer one of two is said to be in front of the farther one.
    """
    say_color, say_material, say_size = rng.random() < 0.75, rng.random() < 0.3, rng.random() < 0.3
    groups: dict[tuple[str | None, ...], list[Solid]] = {}
    for solid in drawing_order(scene):
        color = solid.color if say_color else None
        groups.setdefault((solid.shape, color), []).append(solid)
    things = tuple(_thing(group, say_color, say_material, say_size, rng) for group in groups.values())
    relation = None
    if len(scene.solids) == 2 and len(things) == 2 and rng.random() < 0.75:
        a, b = (group[0] for group in groups.values())
        relation = relation_of(a, b, scene.width, scene.height)
        if relation == "behind" and rng.random() < 0.5:
            things, relation = things[::-1], OPPOSITE[relation]
    return Claim(
        things,
        relation,
        scene.ground if rng.random() < 0.5 else None,
        scene.light if rng.random() < 0.4 else None,
    )


def _thing(
    group: list[Solid], say_color: bool, say_material: bool, say_size: bool, rng: np.random.Generator
) -> Thing:
    first = group[0]
    same_material = len({s.material for s in group}) == 1
    same_size = len({s.size for s in group}) == 1
    return Thing(
        len(group),
        first.shape,
        first.color if say_color else None,
        first.material if say_material and same_material and rng.random() < 0.8 else None,
        first.size if say_size and same_size and rng.random() < 0.8 else None,
    )


def random_prompt(seed: int) -> str:
    """A good prompt: the caption of a random scene with its ground and, now and then, its light."""
    rng = np.random.default_rng(seed)
    scene = sample_scene(rng)
    claim = replace(describe(scene, rng), ground=scene.ground)
    return text_of(claim)


def words_of(text: str) -> list[str]:
    """The lower-case words of a text, in any script."""
    return [word.lower() for word in tokens(text)]


def unknown_words(text: str) -> list[str]:
    """The words, in order and once each, that tabletop has never seen, or never of such a shape."""
    words = words_of(text)
    return list(dict.fromkeys(word for i, word in enumerate(words) if not _is_known(word, words[i + 1 :])))


def _is_known(word: str, then: Sequence[str]) -> bool:
    if word not in MATERIALS:
        return word in KNOWN_WORDS
    shape = next((PLURALS.get(w, w) for w in then if PLURALS.get(w, w) in SHAPES), None)
    return shape is None or word in materials_of(shape)


def parse(text: str) -> Claim | None:
    """The claim a caption makes, or None where it is not in the grammar of `text_of`."""
    if unknown_words(text):
        return None
    words = [w for w in words_of(text) if w not in ("the", "to", "photo", "picture")]
    relation = next((r for r in RELATIONS if r in " ".join(words)), None)
    light = next((light for light in LIGHTS if light in words), None)
    ground, words = _take_ground(words)
    things: list[Thing] = []
    said: list[str] = []
    for word in words:
        if word in PLURALS and not NUMBERS_OF_MANY.intersection(said):
            return None  # how many is not said
        if (shape := PLURALS.get(word, word)) in SHAPES:
            things.append(_read_thing(said, shape))
            said = []
        else:
            said.append(word)
    if not things or sum(thing.count for thing in things) > 4:
        return None
    return Claim(tuple(things), relation if len(things) == 2 else None, ground, light)


def _take_ground(words: list[str]) -> tuple[str | None, list[str]]:
    for i, word in enumerate(words):
        if word == "ground" and i > 0 and words[i - 1] in GROUNDS:
            return words[i - 1], words[: i - 1] + words[i + 1 :]
    return None, words


def _read_thing(said: Iterable[str], shape: str) -> Thing:
    words = list(said)
    numbers = {word: count for count, word in NUMBERS.items()}

    def pick(options: Sequence[str]) -> str | None:
        return next((word for word in words if word in options), None)

    count = next((numbers[word] for word in words if word in numbers and word != "a"), 1)
    return Thing(count, shape, pick(COLORS), pick(MATERIALS), pick(SIZES))


def is_true(claim: Claim, scene: Scene) -> bool:
    """True if the scene shows exactly what is claimed: every solid accounted for, relation, ground, light."""
    if claim.ground not in (None, scene.ground) or claim.light not in (None, scene.light):
        return False
    if claim.count != len(scene.solids):
        return False
    return _assign(claim, [t for t in claim.things for _ in range(t.count)], list(scene.solids), [], scene)


def _assign(claim: Claim, wanted: list[Thing], free: list[Solid], chosen: list[Solid], scene: Scene) -> bool:
    """Depth-first search for a one-to-one assignment of solids to things that satisfies the relation."""
    if not wanted:
        if claim.relation is None or len(claim.things) != 2:
            return True
        split = claim.things[0].count
        return all(
            stands(claim.relation, a, b, scene.width, scene.height)
            for a in chosen[:split]
            for b in chosen[split:]
        )
    return any(
        _assign(claim, wanted[1:], free[:i] + free[i + 1 :], [*chosen, solid], scene)
        for i, solid in enumerate(free)
        if wanted[0].fits(solid)
    )
