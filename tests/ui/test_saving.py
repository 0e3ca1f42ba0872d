"""Pictures to be posted: larger, cut out, a film; each is what it says, and nothing sent is believed."""

import base64
import io
import json
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageChops, ImageSequence

from lumina import images
from lumina.errors import InvalidImage
from lumina.model.config import MODELS
from lumina.runtime.fake import FakePipeline
from lumina.server.workshop import Workshop
from lumina.ui.film import film_of
from lumina.ui.opening import OPENINGS
from lumina.ui.saving import _cut_out, _prepared, cut_sizes
from lumina.worlds import world_of

SHEET = json.loads((OPENINGS / "tabletop.json").read_text())
PICTURE = images.open_image(base64.b64decode(SHEET["png"]))


def asked(way: str, **more: Any) -> dict[str, Any]:
    sheet = {name: SHEET[name] for name in ("png", "file", "rows", "prompt")}
    return {**sheet, "way": way, "ticket": "t", **more}


def text_of(picture: Image.Image) -> str:
    return base64.b64encode(images.png_bytes(picture)).decode()


@pytest.mark.parametrize(("way", "times"), [("2x", 2), ("4x", 4)])
def test_larger_by_lanczos_with_the_recipe_and_the_mark(way: str, times: int) -> None:
    saved = _prepared(asked(way), "tabletop")
    file = base64.b64decode(saved.content)
    larger = images.open_image(file)
    assert (saved.file, saved.ticket, saved.message) == (f"tabletop-2-{way}.png", "t", "")
    wanted = PICTURE.resize((128 * times, 128 * times), Image.Resampling.LANCZOS)
    assert ImageChops.difference(larger, wanted).getbbox() is None
    assert images.read_recipe(file) == images.read_recipe(base64.b64decode(SHEET["png"]))
    assert images.is_marked(file)


def test_a_film_paints_row_by_row_for_about_five_seconds_with_the_prompt_below() -> None:
    film = Image.open(io.BytesIO(film_of(PICTURE, 16, SHEET["prompt"])))
    pages = [page.convert("RGB") for page in ImageSequence.Iterator(film)]
    lasts = [page.info["duration"] for page in ImageSequence.Iterator(film)]
    assert len(pages) == 17 and 4500 <= sum(lasts) <= 5500 and film.info["loop"] == 0
    assert pages[0].width == 512 and pages[0].height > 512
    whole = PICTURE.resize((512, 512), Image.Resampling.LANCZOS)
    for row in (4, 9, 16):
        off = np.abs(np.asarray(pages[row], int)[: 32 * row, :512] - np.asarray(whole, int)[: 32 * row])
        assert off.mean() < 4
    blank = np.asarray(pages[4])[32 * 4 + 8 : 512]
    assert np.ptp(blank.reshape(-1, 3), 0).max() < 8  # nothing below what is painted
    assert np.asarray(pages[0])[520:].min() < 90  # words
    assert (
        images.AI_GENERATED.encode() in film.info["comment"]
        and SHEET["prompt"].encode() in film.info["comment"]
    )
    assert len(film_of(PICTURE, 4000, "")) < 1_000_000
    with pytest.raises(InvalidImage, match="a film of a picture being painted; use the picture itself"):
        images.open_image(film_of(PICTURE, 16, ""))  # it begins with an empty page


def test_a_pair_with_its_mask_is_cut_out_at_once() -> None:
    world = world_of("tabletop")
    assert world is not None
    scene = world.scene("a red cube on a white ground", 3, 128, 128)
    pair = Image.fromarray(np.concatenate([scene.picture, scene.maps["segmentation"]]))
    saved = _prepared(asked("cut-out", png=text_of(pair)), "tabletop")
    cut = images.open_image(base64.b64decode(saved.content), keep_alpha=True)
    assert cut.mode == "RGBA" and cut.size == (128, 128)
    shown = np.asarray(cut.getchannel("A")) > 127
    assert (
        shown == (world.objects(scene.maps["segmentation"]) > 0)
    ).mean() > 0.99 and 0.02 < shown.mean() < 0.5
    empty = Image.new("RGB", (128, 256), (24, 24, 28))
    assert _prepared(asked("cut-out", png=text_of(empty)), "tabletop").message.startswith(
        "The model finds nothing"
    )
    assert _prepared(asked("cut-out", png=text_of(pair)), "").message.startswith("The model finds nothing")


def test_a_mask_that_is_not_there_is_drawn_first() -> None:
    workshop = Workshop(FakePipeline)
    workshop.open()
    *waiting, saved = _cut_out(asked("cut-out"), workshop, "tabletop")
    assert waiting and set(waiting) == {None} and saved is not None and saved.ticket == "t"
    workshop.close()


def test_cut_outs_are_offered_where_the_model_can_tell_objects_apart() -> None:
    assert cut_sizes(MODELS["tabletop"]) == [[128, 128]] and cut_sizes(MODELS["lumina-mgpt-2.0"]) == []


@pytest.mark.parametrize(
    "more", [{"png": "no picture"}, {"png": None}, {"way": "8x"}, {"rows": 0}, {"rows": 10**9}, {"prompt": 3}]
)
def test_what_cannot_be_saved_is_said_in_a_sentence(more: dict[str, Any]) -> None:
    saved = _prepared(asked("4x") | more, "tabletop")
    assert saved.content == "" and saved.message.endswith((".", "again"))
    large = text_of(Image.new("RGB", (3000, 3000)))
    assert "are too many" in _prepared(asked("4x", png=large), "tabletop").message
