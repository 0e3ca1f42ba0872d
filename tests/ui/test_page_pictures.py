"""Pictures that a page sends along: believed no more than any other file, and found again to go on."""

import base64
import json
from typing import Any
from urllib.parse import quote

import pytest
from PIL import Image

from lumina.errors import InputError, InvalidImage
from lumina.images import png_bytes
from lumina.model.config import MODELS
from lumina.runtime.fake import FakePipeline
from lumina.steps import finish
from lumina.tasks import DRAWN, TASKS
from lumina.tasks.base import DrawingTask, Picture, Task, read
from lumina.tasks.image_input import ImageInput
from lumina.ui.examples import examples_of
from lumina.ui.image_field import read_image_field
from lumina.ui.page_pictures import bytes_of_text, picture_fields, picture_of, with_pictures
from lumina.ui.picture_messages import continued, rerolled, sheet_of, start_of
from lumina.ui.run_sheets import RunSheets
from tests.runtime.asking import going_on
from tests.tasks.test_panels import ABLE

PHOTO = Image.linear_gradient("L").resize((150, 100)).convert("RGB")
BASE64 = base64.b64encode(png_bytes(PHOTO)).decode()
MODEL = "tabletop@fake"


def edited(**changes: Any) -> Picture:
    values = {"image": PHOTO, "instruction": "make it blue", "seed": 3, **changes}
    picture: Picture = finish(read(TASKS["edit"], values).run(FakePipeline(ABLE))).image[0]
    return picture


def payload(picture: Picture, **changes: Any) -> dict[str, Any]:
    sheet: dict[str, Any] = json.loads(json.dumps(sheet_of(picture, MODEL, "run-0").data()))
    return sheet | {"given": {"image": BASE64}} | changes


def test_fields_with_pictures_are_known_by_their_type() -> None:
    found = {task.name: picture_fields(task) for task in DRAWN if picture_fields(task)}
    assert found == {"edit": ["image"], "subject": ["image"], "control": ["condition"], "predict": ["image"]}


def test_a_picture_goes_on_with_the_one_it_began_with() -> None:
    stopped = edited(stop_row=5)
    start = continued(start_of(payload(stopped), MODEL))
    assert start.task.image.image.tobytes() == PHOTO.tobytes()  # type: ignore[attr-defined]
    (rest,) = going_on(start.task, FakePipeline(ABLE), start.codes)
    assert rest.drawing.digest == edited().drawing.digest


def test_a_reroll_keeps_the_picture_it_began_with() -> None:
    start = rerolled(start_of(payload(edited()), MODEL), 4, 99)
    (other,) = going_on(start.task, FakePipeline(ABLE), start.codes)
    assert other.drawing.digest == edited(rerolls=[[4, 99]]).drawing.digest


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "is not here; put it in"),
        ({"other": BASE64}, "is not here; put it in"),
        ({"image": base64.b64encode(png_bytes(PHOTO.rotate(90))).decode()}, "is another one"),
        ({"image": "words"}, "not a picture"),
        ({"image": BASE64[: len(BASE64) // 8 * 4]}, "damaged"),
        ({"image": 3}, "rows are damaged"),
        ({str(number): "" for number in range(9)}, "rows are damaged"),
    ],
)
def test_a_wrong_picture_is_refused_in_a_sentence(given: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        start_of(payload(edited(), given=given), MODEL)


def test_names_of_pictures_are_not_enough() -> None:
    task: type[Task] = TASKS["edit"]
    named = {"image": {"image": ImageInput.of(PHOTO).name}, "instruction": "a"}
    assert with_pictures(task, named, {"image": BASE64})["image"].pixels is not None
    with pytest.raises(InputError, match="is another one"):
        with_pictures(task, {"instruction": "a"}, {"image": BASE64})


@pytest.mark.parametrize("text", ["", None])
def test_an_empty_well_says_what_belongs_there(text: Any) -> None:
    with pytest.raises(InputError, match="Picture: put in a picture, or click an example"):
        read_image_field(text, "image", TASKS["edit"].model_fields["image"])


@pytest.mark.parametrize("text", [3, "a" * 30_000_000, "ä", "a"])
def test_what_is_no_file_is_no_picture(text: Any) -> None:
    with pytest.raises(InvalidImage, match="Picture: this"):
        picture_of(text, "Picture")


@pytest.mark.parametrize("name", sorted(task.name for task in DRAWN))
def test_every_tab_has_examples_that_draw(name: str) -> None:
    task = TASKS[name]
    examples = examples_of(task, MODELS["tabletop"])
    assert examples and len({example.label for example in examples}) == len(examples)
    for example in examples:
        pictures = {field: picture_of(example.values[field], field) for field in picture_fields(task)}
        asked = read(task, {**example.values, **pictures, "seed": 1, "stop_row": 1})
        assert isinstance(asked, DrawingTask) and finish(asked.run(FakePipeline(ABLE))).image


def test_other_models_get_no_examples_of_tabletops_world() -> None:
    assert examples_of(TASKS["edit"], MODELS["omni"]) == () and examples_of(
        TASKS["text_to_image"], MODELS["omni"]
    )
    assert set(MODELS) >= {"tabletop"}


def test_a_score_reaches_the_page_once_it_is_there() -> None:
    task, fake = edited(best_of=2).task.model_copy(update={"best_of": 2}), FakePipeline(ABLE)
    draft = RunSheets(task, MODEL, str)
    told = []
    for event in task.run(fake):
        draft.take(event)
        told.append([sheet.score for sheet in draft.sheets])
    assert told[-3][:2] == [None, None] and told[-1] == sorted(told[-1], reverse=True)
    assert len([sheet.key for sheet in draft.sheets]) == 2 and None not in told[-1]


def test_candidates_that_were_dropped_come_last_on_the_page() -> None:
    task = read(
        TASKS["text_to_image"], {"prompt": "two cones", "seed": 3, "best_of": 4, "halving": True}
    ).resolved(FakePipeline(ABLE))
    draft = RunSheets(task, MODEL, str)
    for event in task.run(FakePipeline(ABLE)):
        draft.take(event)
    ranked = sorted(draft.sheets, key=lambda sheet: int(sheet.key))
    assert [sheet.drawn for sheet in ranked] == [16, 10, 6, 6]
    assert [sheet.score is None for sheet in ranked] == [False, True, True, True]
    for sheet in ranked:
        inputs = json.loads(sheet.inputs)
        assert not inputs["halving"] and inputs["best_of"] == 1


def test_a_plus_that_became_a_blank_is_read_and_wrapped_lines_stay_lines() -> None:
    data = bytes(range(255)) + b"\xfb\xef\xbe" * 4 + bytes(range(250))
    text, wrapped = base64.b64encode(data).decode(), base64.encodebytes(data).decode()
    assert "++++" in text
    for typed in (text, wrapped, wrapped.replace("\n", "\r\n")):
        assert bytes_of_text(typed) == bytes_of_text(typed.replace("+", " ")) == data
    for between in (" ", "\n  ", " \n"):
        assert bytes_of_text(between.join(wrapped.split())) == data
    assert bytes_of_text("data:image/png;base64," + text.replace("+", " ")) == data


@pytest.mark.parametrize("kind", ["image/png", "", "IMAGE/PNG;charset=utf-8"])
@pytest.mark.parametrize("safe", ["", "=_ +-"])
def test_a_data_url_may_be_written_without_base64(kind: str, safe: str) -> None:
    data = png_bytes(PHOTO)
    assert bytes_of_text(f"data:{kind},{quote(data, safe=safe)}") == data
    assert bytes_of_text(f"data:{kind};base64,{quote(BASE64, safe=safe)}") == data
    with pytest.raises(InvalidImage, match="not a picture in base64"):
        bytes_of_text(f"data:{kind},ü")
    with pytest.raises(InvalidImage, match="too large"):
        bytes_of_text(f"data:{kind}," + "%41" * 14_000_000)
