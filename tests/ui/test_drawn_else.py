"""What is said of a picture that shows something other than was asked for."""

import base64
import json
import weakref
from typing import Any

import pytest
from PIL import Image

from lumina.images import png_bytes
from lumina.model.config import MODELS
from lumina.ui.drawn_else import MOST_LOOKS, UNCLEAR, RecentLooks, drawn_else, words_of
from lumina.worlds import world_of

SPEC = MODELS["tabletop"]
PROMPT = "two green cones on a white ground"


def looked_at(picture: Image.Image, prompt: str, **more: Any) -> dict[str, Any]:
    png = base64.b64encode(png_bytes(picture)).decode()
    inputs = json.dumps({"prompt": prompt})
    return {"task": "text_to_image", "inputs": inputs, "model": "tabletop@1", "png": png, **more}


def scene(prompt: str) -> Image.Image:
    world = world_of("tabletop")
    assert world is not None
    return Image.fromarray(world.scene(prompt, 3, 128, 128).picture)


def test_what_was_drawn_instead_is_named() -> None:
    assert drawn_else(looked_at(scene(PROMPT), PROMPT), SPEC) == ""
    said = drawn_else(looked_at(scene("a red cube on a white ground"), PROMPT), SPEC)
    assert said.startswith("This drew something else: a ") and "red matte cube" in said
    noise = Image.effect_noise((128, 128), 90).convert("RGB")
    assert drawn_else(looked_at(noise, PROMPT), SPEC).startswith(UNCLEAR)


@pytest.mark.parametrize(
    "more",
    [
        {"task": "predict"},
        {"task": "nothing"},
        {"model": "omni@1"},
        {"inputs": "[]"},
        {"inputs": '{"prompt": "a dragon on a bicycle"}'},
        {"png": "AAAA"},
    ],
)
def test_nothing_is_said_where_nobody_can_tell(more: dict[str, str]) -> None:
    assert drawn_else(looked_at(scene("a red cube"), PROMPT, **more), SPEC) == ""
    assert drawn_else(None, SPEC) == ""


def test_a_picture_is_looked_at_once_and_none_is_kept() -> None:
    looks, world, pictures = RecentLooks(), world_of("tabletop"), weakref.WeakSet[Any]()

    class Text(str):
        """A text that can be seen to be let go of."""

    for seed in range(3):
        text = Text(looked_at(scene("a red cube"), PROMPT)["png"] + " " * seed)
        pictures.add(text)
        assert looks.other("tabletop", text, PROMPT) == looks.other("tabletop", text, PROMPT) != ""
    del text
    assert not pictures and world is not None
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(type(world), "shown_instead", lambda *_: "new")
        known = looked_at(scene("a red cube"), PROMPT)["png"]
        assert looks.other("tabletop", known, PROMPT) not in ("new", None)
        for spaces in range(3, MOST_LOOKS + 3):
            assert looks.other("tabletop", known + " " * spaces, PROMPT) == "new"
        assert looks.other("tabletop", known, PROMPT) == "new"  # forgotten meanwhile


def test_every_world_says_what_it_knows_and_what_a_picture_shows() -> None:
    for name in ("tabletop", "stickers"):
        world = world_of(name)
        assert world is not None and world.knows.endswith(".")
        prompt = world.prompts[0]
        shown = world.scene(prompt, 5, 128, 128).picture
        assert world.shown_instead(shown, prompt) is None
        assert world.shown_instead(shown, world.prompts[1]) not in (None, "")


def test_the_prompt_comes_in_parts_where_a_world_knows_words() -> None:
    picture = Image.new("RGB", (128, 128))
    words = words_of(looked_at(picture, PROMPT), SPEC)
    assert "".join(part["text"] for part in words) == PROMPT
    assert [part["text"] for part in words if part["others"]] == ["two", "green", "cones", "white"]
    for broken in ({"inputs": "["}, {"inputs": "3"}, {"model": "omni@1"}, {"inputs": None}):
        assert words_of(looked_at(picture, PROMPT, **broken), SPEC) == []
