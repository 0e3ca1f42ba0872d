"""Pictures that carry their recipe, and workflows read from either kind of file."""

import io
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from lumina.errors import InputError, InvalidImage, InvalidWorkflow
from lumina.images import png_bytes, read_recipe
from lumina.runtime.fake import FakePipeline
from lumina.steps import finish
from lumina.tasks.base import Picture, read
from lumina.tasks.text_to_image import TextToImage
from lumina.workflow.files import picture_bytes, read_workflow, write_picture
from lumina.workflow.schema import task_of


@pytest.fixture
def picture() -> Picture:
    return finish(read(TextToImage, {"prompt": "a cone", "seed": 4}).run(FakePipeline())).image[0]


def test_a_written_picture_restores_its_task(picture: Picture, tmp_path: Path) -> None:
    path = write_picture(picture, "tabletop@fake", tmp_path / "new")
    assert path.name.startswith("text_to_image-4-")
    assert task_of(read_workflow(path)) == picture.task
    assert write_picture(picture, "tabletop@fake", tmp_path / "new") == path


def test_a_file_of_that_name_with_another_recipe_stays(picture: Picture, tmp_path: Path) -> None:
    cube = picture.task.model_copy(update={"prompt": "a cube"})  # the first rows may be the same
    other = picture.model_copy(update={"task": cube})
    first, second = (write_picture(one, "tabletop@fake", tmp_path) for one in (picture, other))
    assert first != second == write_picture(other, "tabletop@fake", tmp_path)
    assert [task_of(read_workflow(path)) for path in (first, second)] == [picture.task, cube]


def test_a_downloaded_picture_can_go_without_its_recipe(picture: Picture) -> None:
    assert task_of(read_workflow(picture_bytes(picture, "tabletop@fake"))) == picture.task
    assert read_recipe(picture_bytes(picture, "tabletop@fake", with_recipe=False)) is None


def test_a_json_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "w.json"
    file.write_text('{"lumina": 1, "nodes": {"a": {"task": "text_to_image", "inputs": {"prompt": "b"}}}}')
    assert list(read_workflow(file).nodes) == ["a"]


def with_text(kind: str, recipe: str) -> bytes:
    notes, file = PngImagePlugin.PngInfo(), io.BytesIO()
    if kind == "iTXt":
        notes.add_itxt("lumina-workflow", recipe)
    else:
        notes.add_text("lumina-workflow", recipe, zip=kind == "zTXt")
    Image.new("RGB", (8, 8)).save(file, "PNG", pnginfo=notes)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["iTXt", "tEXt", "zTXt"])
def test_a_recipe_is_read_from_any_text_and_is_damaged_where_it_is_cut(kind: str) -> None:
    recipe = '{"lumina": 1, "nodes": {"a": {"task": "text_to_image", "inputs": {"prompt": "b"}}}}'
    assert list(read_workflow(with_text(kind, recipe)).nodes) == ["a"]
    with pytest.raises(InvalidImage, match="The recipe in this picture is damaged"):
        read_workflow(with_text(kind, recipe[:-2]))


def test_files_without_a_workflow_are_refused(picture: Picture, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="'gone.json' cannot be opened"):  # noqa: RUF043
        read_workflow(tmp_path / "gone.json")
    with pytest.raises(InvalidImage, match="carries no recipe"):
        read_workflow(png_bytes(picture.image))
    with pytest.raises(InvalidImage, match=r"ZIP archive file, which holds no workflow; unpack it first\.$"):
        read_workflow(b"PK\x03\x04" + bytes(30))
    with pytest.raises(InvalidWorkflow):
        read_workflow(png_bytes(picture.image, "{}"))
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(InputError, match="cannot be written to"):
        write_picture(picture, "tabletop@fake", tmp_path / "file")
