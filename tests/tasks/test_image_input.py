"""Pictures as inputs: what is accepted, and how a document names them."""

import io
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image
from pydantic import BaseModel, ValidationError

from lumina.tasks.image_input import ImageField, ImageInput

PICTURE = Image.linear_gradient("L").resize((40, 30)).convert("RGB")


class Form(BaseModel):
    """Something with a picture in it."""

    image: ImageField


def encoded(image: Image.Image, form: str = "PNG") -> bytes:
    file = io.BytesIO()
    image.save(file, format=form)
    return file.getvalue()


@pytest.mark.parametrize("value", [PICTURE, encoded(PICTURE), SimpleNamespace(image=PICTURE)])
def test_open_pictures_and_files_are_accepted(value: Any) -> None:
    found = Form(image=value).image
    assert found.image.mode == "RGB" and found.image.tobytes() == PICTURE.tobytes()
    assert found == ImageInput.of(PICTURE) and Form(image=found).image is found


def test_a_picture_is_known_by_its_pixels_alone() -> None:
    name = ImageInput.of(PICTURE).name
    assert name.startswith("sha256:") and len(name) == 71
    noted = PICTURE.copy()
    noted.info["comment"] = "secret"
    assert ImageInput.of(noted).name == name
    assert ImageInput.of(Image.open(io.BytesIO(encoded(PICTURE, "BMP")))).name == name
    assert ImageInput.of(PICTURE.resize((30, 40))).name != name
    assert "comment" not in ImageInput.of(noted).image.info


def test_documents_name_pictures() -> None:
    form = Form(image=PICTURE)
    document = form.model_dump(mode="json")
    assert document == {"image": {"image": ImageInput.of(PICTURE).name}}
    named = Form.model_validate(document)
    assert named == form and named.image.pixels is None
    assert Form(image={"image": "my photo (2).jpeg"}).image.name == "my photo (2).jpeg"


def test_transparency_is_kept_until_the_picture_is_cut() -> None:
    clear = Image.new("RGBA", (40, 30), (255, 0, 0, 128))
    assert ImageInput.of(clear).image.mode == "RGBA"
    assert Form(image=encoded(clear)).image.image.mode == "RGBA"
    assert ImageInput.of(Image.new("RGBA", (40, 30), "red")).image.mode == "RGB"


BESIDE = 'beside the workflow and write {"image": "%s"}'


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "names no picture; write the name of a file beside the workflow"),
        (" \t", "names no picture; write the name"),
        ("pics/foto.png", "is a path, and only names are looked up; put the file " + BESIDE % "foto.png"),
        (r"C:\pics\foto.png", "is a path, and only names are looked up; put the file " + BESIDE % "foto.png"),
        ("../b.png", "is a path, .* " + BESIDE % "b.png"),
        ("..\\b.png", "is a path, .* " + BESIDE % "b.png"),
        ("C:x", "is a path, .* " + BESIDE % "x"),
        ("file:///home/me/a.png", "is a path, .* " + BESIDE % "a.png"),
        ("/home/me/", "is a path, .* " + BESIDE % "name.png"),
        (
            "https://example.com/a.png?x=1",
            "is an address, and nothing is fetched; save .* " + BESIDE % "a.png",
        ),
        ("HTTP://example.com", "is an address, and nothing is fetched; save the picture beside the workflow"),
        ("data:image/png;base64,AAAA", "holds the picture itself; save it as a file beside the workflow"),
        ("sha256:12", 'has no whole digest; write "sha256:" and its 64 signs'),
        (".hidden", "has a sign that no name of a picture may have .*; rename the file"),
        ("ab:c.png", "has a sign that no name"),
        ("a.png\n", "has a sign that no name"),
        ("a\0b", "has a sign that no name"),
        ("a" * 101, "is a name of 101 characters; rename the file"),
    ],
)
def test_paths_and_addresses_are_no_names_and_each_is_told_what_to_do(name: str, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Form(image={"image": name})


def test_a_bare_name_is_told_how_to_be_written() -> None:
    with pytest.raises(ValidationError, match=r'must be a picture; write {"image": "a\.png"}'):
        Form(image="a.png")


@pytest.mark.parametrize("value", [None, 3, "a.png", [], {}, {"image": "a.png", "x": 1}, {"image": PICTURE}])
def test_anything_else_is_refused(value: Any) -> None:
    with pytest.raises(ValidationError, match="must be a picture"):
        Form(image=value)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (b"words", "This is text, not a picture"),
        (encoded(PICTURE)[:80], "damaged"),
        (Image.new("RGB", (1, 1)), "has 1x1 pixels"),
        (Image.new("L", (20_000, 3)), "has 20000x3 pixels"),
        (Image.new("1", (200, 19)), "has 200x19 pixels"),
    ],
)
def test_pictures_that_cannot_be_used_are_refused_in_a_sentence(value: Any, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Form(image=value)


def test_the_schema_says_what_a_document_may_say() -> None:
    schema = Form.model_json_schema()["properties"]["image"]
    assert schema["format"] == "image" and schema["required"] == ["image"]
