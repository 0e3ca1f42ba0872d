"""The judge reads rendered scenes, also softened ones, and turns down spoiled pictures and wrong claims."""

from dataclasses import replace

import numpy as np
import pytest

from lumina.evaluation.strictness import shuffle_blocks, soften
from lumina.worlds.tabletop import masks
from lumina.worlds.tabletop.captions import describe, parse
from lumina.worlds.tabletop.judge import obeys, read, words
from lumina.worlds.tabletop.render import render
from lumina.worlds.tabletop.scenes import FRAMES, GROUNDS, LIGHTS, Scene, Solid, sample_scene
from tests.worlds.tabletop.distort import empty, melted, without_half

CUBE = Solid("cube", "red", "matte", "large", x=-0.5, y=0.3, turn=30)
BALL = Solid("sphere", "blue", "metal", "small", x=0.6, y=-0.3)
SCENE = Scene((CUBE, BALL), "grey", "daylight", 128, 128)


def looks(scene):
    """What a reader of the picture must find, without positions."""
    solids = sorted((s.shape, s.color, s.material, s.size) for s in scene.solids)
    return solids, scene.ground, scene.light


@pytest.fixture(scope="module")
def picture():
    return render(SCENE).picture


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("light", LIGHTS)
def test_empty_tables_are_recognised(ground, light):
    scene = Scene((), ground, light, 96, 160)
    reading = read(render(scene).picture)
    assert (looks(reading.scene), reading.problems) == (looks(scene), ())


@pytest.mark.parametrize("frame", FRAMES)
def test_sampled_scenes_are_read_exactly(frame):
    rng = np.random.default_rng(frame[0])
    for _ in range(4):
        scene = sample_scene(rng, frame)
        plain = render(scene).picture
        for shown in (plain, soften(plain, rng)):
            reading = read(shown)
            assert looks(reading.scene) == looks(scene)
            assert reading.problems == ()


def test_positions_are_found(picture):
    found = {solid.shape: solid for solid in read(picture).scene.solids}
    for true in (CUBE, BALL):
        assert np.hypot(found[true.shape].x - true.x, found[true.shape].y - true.y) < 0.1


@pytest.mark.parametrize("text", ["a red cube and a blue sphere", "a cube left of a small metal sphere"])
def test_true_claims_are_accepted(picture, text):
    assert obeys(picture, parse(text)) == (True, ())


@pytest.mark.parametrize(
    "text",
    ["a red cube", "a blue cube and a red sphere", "two cubes", "a cube right of a sphere",
     "a red cube and a blue matte sphere", "a cone and a sphere", "a small cube and a sphere",
     "a cube and a sphere at night", "a cube and a sphere on a white ground"],
)  # fmt: skip
def test_false_claims_are_turned_down_with_a_reason(picture, text):
    accepted, reasons = obeys(picture, parse(text))
    assert not accepted
    assert "a large red matte cube and a small blue metal sphere" in reasons[0]


@pytest.mark.parametrize("spoil", [without_half, melted])
def test_spoiled_solids_are_turned_down(picture, spoil):
    for first in (SCENE, replace(SCENE, solids=(BALL, CUBE))):
        reading = read(spoil(picture, first))
        assert reading.problems or looks(reading.scene) != looks(SCENE)


def test_shuffled_blocks_are_turned_down():
    rng = np.random.default_rng(4)
    for _ in range(6):
        scene = sample_scene(rng, (128, 128))
        shuffled = shuffle_blocks(render(scene).picture, rng)
        assert not obeys(shuffled, describe(scene, rng))[0]


def test_merged_solids_are_turned_down():
    pair = (replace(BALL, x=-0.1, y=0.0, size="large"), replace(BALL, x=0.25, y=0.0, size="large"))
    reading = read(render(Scene(pair)).picture)
    assert reading.problems or len(reading.scene.solids) != 2


@pytest.mark.parametrize("fill", [0, 127, 255])
def test_flat_pictures_are_turned_down(fill):
    assert read(np.full((128, 128, 3), fill, dtype=np.uint8)).problems


def test_noise_is_turned_down():
    noise = np.random.default_rng(0).integers(0, 256, (96, 160, 3), dtype=np.uint8)
    accepted, reasons = obeys(noise, parse("a cube"))
    assert not accepted and len(reasons) > 1


def test_words_of_a_scene():
    assert words(SCENE) == (
        "a large red matte cube and a small blue metal sphere on a grey ground in daylight"
    )
    assert words(Scene(())) == "an empty white ground in daylight"


def test_the_foreground_is_the_solids():
    found, mismatch = masks.find_table(render(SCENE).picture)
    assert (found.ground, found.light) == ("grey", "daylight")
    assert 0 < mismatch < 0.05
    rendering = render(SCENE)
    apart, true = masks.difference(rendering.picture, found), rendering.instances > 0
    mask = masks.foreground(apart)
    assert (mask & true).sum() / (mask | true).sum() > 0.93
    classes = masks.color_classes(rendering.picture, mask, found)
    assert set(np.unique(classes)) == {-1, 0, 5}  # none, red, blue
    assert not masks.foreground(masks.difference(empty(SCENE), found)).any()


def test_linear_colour_undoes_the_tone():
    from lumina.worlds.tabletop.render import tone

    linear = np.linspace(0, 1.1, 50, dtype=np.float32)[None, :, None].repeat(3, axis=-1)
    shown = (np.clip(tone(linear), 0, 1) * 255 + 0.5).astype(np.uint8)
    assert np.allclose(masks.linear_of(shown), linear, atol=0.02)


def test_five_alike_are_not_called_four():
    solid = Solid("cube", "red", "matte", "small")
    assert words(Scene((solid,) * 5)).startswith("more than four small red matte cubes")
    assert words(Scene((solid,) * 4)).startswith("four small red matte cubes")
