"""The nodes that need no model."""

import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image
from skimage.feature import canny

from lumina import edges
from lumina.edges import edge_picture, soft_edge_picture
from lumina.errors import InputError
from lumina.images import MAX_PIXELS, cover
from lumina.runtime.fake import FakePipeline
from lumina.steps import finish
from lumina.tasks import TASKS
from lumina.tasks.base import Picture, read
from lumina.tasks.utility import TOOLS


def ran(task: str, **inputs: Any) -> Any:
    return finish(read(TASKS[task], inputs).run(FakePipeline()))


def plain(colour: str, width: int = 32, height: int = 32) -> Image.Image:
    return Image.new("RGB", (width, height), colour)


def drawn(seed: int = 1) -> Picture:
    picture: Picture = ran("text_to_image", prompt="a cone", seed=seed).image[0]
    return picture


def test_a_template_fills_its_slots() -> None:
    assert ran("text", text="a cone").text == "a cone"
    words = ran("prompt_template", template="a {colour} cube, {colour} and {size}", colour="red", size="big")
    assert words.text == "a red cube, red and big"
    assert ran("prompt_template", template="{ no slot } {}").text == "{ no slot } {}"
    with pytest.raises(InputError, match=r"slot \{size\} is empty"):
        ran("prompt_template", template="a {size} cube", colour="red")


def test_a_note_gives_nothing() -> None:
    assert ran("note", text="remember").model_dump() == {}


@pytest.mark.parametrize("fit", ["cover", "contain", "stretch"])
def test_a_picture_is_resized_to_exactly_the_size(fit: str) -> None:
    wide = plain("red", 64, 32)
    image = ran("resize", image=wide, width=48, height=48, fit=fit).image.image
    assert image.size == (48, 48)
    assert image.getpixel((24, 24)) == (255, 0, 0)
    assert image.getpixel((24, 2)) == ((255, 255, 255) if fit == "contain" else (255, 0, 0))


def test_a_part_is_cut_out() -> None:
    image = plain("red", 64, 32)
    image.paste("blue", (32, 0, 64, 32))
    assert ran("crop", image=image, left=32, width=32, height=32).image.image.getpixel((0, 0)) == (0, 0, 255)
    with pytest.raises(InputError, match=r"reaches to \(80, 32\), but the picture has 64x32"):
        ran("crop", image=image, left=48, width=32, height=32)


@pytest.mark.parametrize("kind", ["canny", "hed"])
def test_edges_are_white_where_colours_change(kind: str) -> None:
    image = plain("black", 64, 64)
    image.paste("white", (20, 20, 44, 44))
    edges = np.asarray(ran("edges", image=image, kind=kind).image.image)
    assert edges.shape == (64, 64, 3) and edges[32, 17:23].max() == 255 and edges[32, 32].max() == 0


def test_transparent_pictures_stand_on_white() -> None:
    clear = Image.new("RGBA", (32, 32), (255, 0, 0, 0))
    for task, more in (("edges", {}), ("resize", {"width": 32, "height": 16, "fit": "stretch"})):
        assert ran(task, image=clear, **more).image.image.mode == "RGB"
    sheet = ran("compare", left=clear, right=plain("red", 64, 64)).image.image
    assert sheet.size == (32 + 4 + 32, 32) and sheet.getpixel((0, 0)) == (255, 255, 255)


def test_a_grid_is_as_wide_as_asked_for() -> None:
    images = [plain(colour) for colour in ("red", "green", "blue", "black", "white")]
    assert ran("grid", images=images).image.image.size == (3 * 36 - 4, 2 * 36 - 4)
    assert ran("grid", images=images, columns=5).image.image.size == (5 * 36 - 4, 32)
    assert ran("grid", images=images[:1], columns=5).image.image.size == (32, 32)
    large = [Image.new("RGB", (2000, 2000))] * 7
    with pytest.raises(InputError, match="over 25 million pixels; use fewer or smaller pictures"):
        ran("grid", images=large)


def test_a_picked_picture_stays_what_it_was() -> None:
    """With the task that drew it, so that it can be replayed, continued and scored."""
    pictures = [drawn(1), drawn(2)]
    assert ran("pick", images=pictures, choice=2).image is pictures[1]
    assert ran("pick", images=[plain("red")], choice=1).image.image.getpixel((0, 0)) == (255, 0, 0)
    for choice in (None, 3):
        with pytest.raises(InputError, match="There are 2 pictures; pick one from 1 to 2"):
            ran("pick", images=pictures, choice=choice)


def test_a_scene_shows_what_is_asked_for_with_its_maps() -> None:
    from lumina.worlds.tabletop.captions import is_true, parse
    from lumina.worlds.tabletop.judge import read as seen

    words = "a red cube left of a blue sphere on a grey ground"
    scene = ran("scene", prompt=words, seed=3)
    claim = parse(words)
    assert claim is not None and is_true(claim, seen(np.asarray(scene.image.image)).scene)
    assert scene.caption == words
    maps = [scene.depth, scene.normal, scene.segmentation, scene.canny]
    assert {each.image.size for each in maps} == {(128, 128)} and len({each.name for each in maps}) == 4
    assert ran("scene", prompt=words, seed=3) == scene != ran("scene", prompt=words, seed=4)


def test_a_random_scene_describes_itself() -> None:
    scene = ran("scene", seed=5, width=160, height=96)
    assert scene.image.image.size == (160, 96) and len(scene.caption) > 10


@pytest.mark.parametrize(
    ("prompt", "words"),
    [("my cat on a sofa", "cannot show this"), ("four large cubes and a sphere", "cannot show this")],
)
def test_a_scene_says_what_it_cannot_show(prompt: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        ran("scene", prompt=prompt)


@pytest.mark.parametrize("tool", TOOLS)
def test_tools_are_no_commands_and_need_no_steps(tool: Any) -> None:
    assert TASKS[tool.name] is tool and not hasattr(tool, "request")


def grown(work: Callable[[], Any]) -> float:
    """How many megabytes the arrays of ``work`` take at most."""
    tracemalloc.start()
    try:
        work()
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return peak / 1e6


def test_a_comparison_is_measured_before_a_picture_is_made_larger(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image.Image, "resize", lambda *_, **__: pytest.fail("It was made larger."))
    left, right = Image.new("RGB", (1580, 15800)), Image.new("RGB", (160, 16))
    with pytest.raises(InputError, match="The sheet would have over 25 million pixels"):
        finish(read(TASKS["compare"], {"left": left, "right": right}).run(FakePipeline()))


def test_what_would_be_cut_off_is_not_made_first(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = []
    resize = Image.Image.resize

    def noted(image: Image.Image, size: tuple[int, int], *more: Any) -> Image.Image:
        sizes.append(size)
        return resize(image, size, *more)

    monkeypatch.setattr(Image.Image, "resize", noted)
    wide = Image.new("RGB", (160, 16), "red")
    found = finish(
        read(TASKS["resize"], {"image": wide, "width": 2048, "height": 4096}).run(FakePipeline())
    ).image.image
    assert found.size == (2048, 4096) and found.getpixel((1024, 9)) == (255, 0, 0)
    assert max(width * height for width, height in sizes) <= MAX_PIXELS


def test_large_pictures_take_little_beside_their_pixels() -> None:
    colours = np.random.default_rng(0).integers(0, 256, (3000, 1000, 4), dtype=np.uint8)
    picture = Image.fromarray(colours)
    assert grown(lambda: cover(picture, *picture.size)) < 40
    pixels = np.ascontiguousarray(colours[..., :3])
    assert grown(lambda: soft_edge_picture(pixels)) < 40
    assert grown(lambda: edge_picture(pixels)) < 60


@pytest.mark.parametrize("find", [edge_picture, soft_edge_picture])
def test_edges_are_the_same_in_one_piece_and_in_strips(find: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = np.random.default_rng(1).integers(0, 256, (30, 20, 3), dtype=np.uint8)
    pixels = np.repeat(np.repeat(blocks, 9, axis=0), 9, axis=1)
    in_strips = find(pixels)
    monkeypatch.setattr(edges, "ROWS_AT_ONCE", 300)
    assert np.array_equal(in_strips, find(pixels)) and in_strips.any()
    if find is soft_edge_picture:
        assert np.array_equal(in_strips, np.asarray(edges.soft_edges_of(Image.fromarray(pixels))))
    monkeypatch.setattr(edges, "ROWS_AT_ONCE", 20)
    assert np.array_equal(in_strips, find(pixels))


def test_canny_edges_are_those_of_the_library() -> None:
    blocks = np.random.default_rng(2).integers(0, 256, (30, 20, 3), dtype=np.uint8)
    pixels = np.repeat(np.repeat(blocks, 9, axis=0), 9, axis=1)
    grey = pixels.astype(np.float32) @ np.array([0.299, 0.587, 0.114], dtype=np.float32) / 255
    whole = canny(grey, sigma=1.0, low_threshold=0.06, high_threshold=0.14)
    assert np.array_equal(edge_picture(pixels)[..., 0] > 0, whole)
