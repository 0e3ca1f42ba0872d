"""Scenes of stickers lie on the grid, apart, and training never sees what is held out."""

import numpy as np
import pytest

from lumina.worlds.stickers.benchmark.held_out import held_out_scenes
from lumina.worlds.stickers.nouns import ANY, BARE, NOUNS, PAINTED, STRANGERS, entries
from lumina.worlds.stickers.render import ground_picture, render
from lumina.worlds.stickers.scenes import (
    GRID,
    GROUNDS,
    Scene,
    Sticker,
    crowded_scene,
    fits,
    is_held_out,
    nouns,
    sample_scene,
    seen_styles,
    strangers,
    unseen_styles,
)
from lumina.worlds.stickers.sprites import COLORS, NAMES, SHEET, STYLES, Artwork, art, drawings, layer, styles


def test_the_sheet_is_small_and_names_everything():
    assert SHEET.stat().st_size < 3e6 and (NAMES.parent / "NOTICE").exists()
    assert set(styles()) == set(entries(NOUNS)) | set(entries(STRANGERS))
    assert all(len(found) >= 2 and set(found) <= set(STYLES) for found in styles().values())
    assert set(PAINTED) | set(BARE) <= set(nouns()) and ANY not in nouns()


def test_a_tenth_of_pairs_and_twenty_drawings_are_never_seen():
    unseen = sum(len(unseen_styles(noun)) for noun in nouns())
    everything = sum(len(styles()[noun]) for noun in nouns())
    assert 0.07 < unseen / everything < 0.13
    assert all(len(seen_styles(noun)) >= 2 for noun in nouns())
    assert len(set(strangers())) == 20 and not {stranger.noun for stranger in strangers()} & set(nouns())


def test_unseen_drawings_are_held_out_whatever_the_scene():
    noun = next(noun for noun in nouns() if unseen_styles(noun))
    for ground in GROUNDS:
        assert is_held_out(Scene((Sticker(noun, unseen_styles(noun)[0]),), ground))
        assert is_held_out(Scene((Sticker(strangers()[0].noun, strangers()[0].style),), ground))


def test_sampled_scenes_fit_the_grid_and_show_what_training_may():
    rng = np.random.default_rng(0)
    held_out = 0
    for _ in range(300):
        scene = sample_scene(rng)
        assert fits(scene.stickers) and 1 <= len(scene.stickers) <= 4
        for sticker in scene.stickers:
            assert sticker.x % GRID == sticker.y % GRID == 0
            assert sticker.style in seen_styles(sticker.noun)
            assert (sticker.color in COLORS) == (sticker.noun in PAINTED)
        held_out += is_held_out(scene)
    assert 3 < held_out < 35


def test_crowded_scenes_are_full_of_stickers_side_by_side():
    rng = np.random.default_rng(0)
    scenes = [crowded_scene(rng) for _ in range(60)]
    assert {len(scene.stickers) for scene in scenes} == {4, 16}
    assert all(fits(scene.stickers) for scene in scenes)
    corners = {min((s.x, s.y) for s in scene.stickers) for scene in scenes}
    assert len(corners) == 9  # of medium ones, which leave room for two steps


def test_held_out_scenes_are():
    found = list(held_out_scenes(5, 1))
    assert all(map(is_held_out, found)) and found == list(held_out_scenes(5, 1))


def test_a_sticker_has_the_same_pixels_wherever_it_lies():
    one, other = (
        render(Scene((Sticker("cat", "flat", "", "medium", x, 32),), "blue")).picture for x in (0, 64)
    )
    assert (one[32:80, :48] == other[32:80, 64:112]).all()


def test_instances_are_what_is_drawn():
    scene = Scene((Sticker("circle", "flat", "red", "large", 0, 0),), "green")
    rendering = render(scene)
    inside = rendering.instances == 1
    assert (rendering.picture[32, 32] == COLORS["red"]).all() and inside[32, 32]
    assert (rendering.picture[100:, 100:] == ground_picture("green")[100:, 100:]).all()
    assert not inside[64:].any() and not inside[:, 64:].any()


@pytest.mark.parametrize("style", ["flat", "line art", "cartoon", "retro"])
def test_colours_differ_and_leave_the_outline(style):
    found = [art(Artwork("heart", style, color)) for color in COLORS]
    assert len({tile.tobytes() for tile in found}) == len(COLORS)
    assert len({tile[..., 3].tobytes() for tile in found}) == 1


def test_no_two_drawings_are_the_same():
    shown = {layer(drawing, "small").color.tobytes() for drawing in drawings()}
    assert len(shown) == len(drawings())
