"""Drawing a condition: what is drawn over what, and what comes back of it."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import numpy as np
import pytest
from gradio.components.image_editor import AcceptBlobs, EditorData
from gradio.data_classes import FileData
from PIL import Image, ImageDraw

from lumina.errors import InvalidImage
from lumina.images import cover, png_bytes
from lumina.tasks.conditions import condition_of
from lumina.ui import sketchpad
from lumina.ui.page_pictures import picture_of
from lumina.ui.sketchpad import ImageEditor, Sketchpad, blank, flattened, has_strokes, paper_of, text_of

PHOTO = Image.effect_noise((300, 200), 90).convert("RGB")


def stroke(size: tuple[int, int]) -> Image.Image:
    layer = Image.new("RGBA", size)
    ImageDraw.Draw(layer).line((0, 0, size[0], size[1]), "white", 12)
    return layer


@pytest.mark.parametrize("size", [(128, 128), (160, 96), (512, 512), (640, 384), None])
def test_paper_is_black_and_a_whole_multiple_of_the_panel(size: tuple[int, int] | None) -> None:
    paper = blank(size)
    assert not paper.getbbox() and 480 <= max(paper.size) <= 640
    if size:
        assert paper.width % size[0] == paper.height % size[1] == 0
        assert paper.width // size[0] == paper.height // size[1]


@pytest.mark.parametrize("size", [(128, 128), (160, 96), (512, 512)])
def test_what_is_not_drawn_over_comes_back_pixel_for_pixel(size: tuple[int, int]) -> None:
    panel = cover(PHOTO, *size)
    paper = paper_of(PHOTO, size)
    assert np.array_equal(np.asarray(cover(paper, *size)), np.asarray(panel))
    lines = condition_of(panel, "canny")
    assert cover(paper_of(PHOTO, size, "canny"), *size).tobytes() == lines.tobytes()


def test_strokes_lie_white_on_what_was_there() -> None:
    paper = paper_of(PHOTO, (128, 128))
    drawn = flattened({"background": paper, "layers": [stroke(paper.size)], "composite": None})
    assert drawn is not None and drawn.mode == "RGB"
    assert drawn.getpixel((256, 256)) == (255, 255, 255)
    assert drawn.getpixel((500, 10)) == paper.getpixel((500, 10))
    alone = flattened({"background": None, "layers": [stroke((512, 512))]})
    assert alone is not None and alone.getpixel((500, 10)) == (0, 0, 0)


@pytest.mark.parametrize("value", [None, {}, {"background": None, "layers": [], "composite": None}])
def test_an_empty_editor_holds_nothing(value: object) -> None:
    assert flattened(value) is None


def test_paper_alone_is_no_drawing() -> None:
    paper = paper_of(PHOTO, (128, 128))
    assert not has_strokes(None)
    assert not has_strokes({"background": paper, "layers": [Image.new("RGBA", paper.size)]})
    assert has_strokes({"background": paper, "layers": [stroke(paper.size)]})


async def made() -> Sketchpad:
    with gr.Blocks(analytics_enabled=False):
        return Sketchpad(["scribble"], [(128, 128)])


def shown(pad: Sketchpad, text: str) -> tuple[dict[str, Any], str]:
    """An editor as a page holds it once a condition was put in over an open sheet, and what is seen of it."""
    editor, _, seen = pad._followed(True, "", text, "scribble", False, "128x128")
    return {"background": Image.fromarray(editor["background"]), "layers": []}, seen


def test_strokes_on_a_paper_that_was_replaced_are_of_the_former_condition() -> None:
    """A page that has yet to load the new paper sends what was drawn over the old one."""
    pad = asyncio.run(made())
    first, second = (text_of(Image.new("RGB", (128, 128), grey)) for grey in ("#404040", "#4a4a4a"))
    editor, seen = shown(pad, first)
    assert isinstance(pad._drawn(editor, True, seen, first)[0], dict)  # it was loaded, nothing is drawn yet
    editor["layers"] = [stroke((512, 512))]
    drawn, extracts, said, now = pad.used(editor, True, seen, first)
    assert drawn not in (first, "") and extracts is False and "follows" in said
    assert pad.used(editor, True, now, drawn)[0] == drawn  # once more, over the same paper
    undone = pad._drawn({**editor, "layers": []}, True, now, drawn)[0]
    assert np.array_equal(np.asarray(picture_of(undone, "Map")), np.asarray(editor["background"]))
    reopened = str(pad._opened(editor, drawn, "scribble", False, "128x128")[2])
    undone_later = pad._drawn({**editor, "layers": []}, True, reopened, drawn)[0]
    assert undone_later == undone
    paper, seen = shown(pad, second)
    digest, blocks, _ = seen.split(" ")
    for is_seen in (
        seen,
        now,
        "nonsense",
        f"{digest} {blocks}",
        f"{digest} zz put",
        f"{digest} {'z' * 512} put",
    ):
        assert isinstance(pad.used(editor, True, is_seen, second)[0], dict)  # nothing changes
    assert pad.used({**paper, "layers": editor["layers"]}, True, seen, second)[0] not in (drawn, second)
    assert isinstance(pad.used({**paper, "layers": editor["layers"]}, False, seen, second)[0], dict)


def sent(number: int, index: str = "0", size: int = 9, kind: str = "layer") -> AcceptBlobs:
    data = {"type": kind, "index": index, "file": b"", "id": str(number)}
    return AcceptBlobs.model_validate({"data": data, "files": [("file", b"x" * size)]})


def test_drawings_that_nobody_asked_for_make_room() -> None:
    editor = ImageEditor()
    for number in range(100):
        editor.accept_blobs(sent(number))
    assert list(editor.blob_storage) == [str(number) for number in range(68, 100)]
    assert editor.get_block_name() == "imageeditor" and not list(
        Path(sketchpad.__file__).parent.glob("*.pyi")
    )


@pytest.mark.parametrize(("index", "size"), [("1", 9), ("1000000000", 9), ("0", 4 * 1280**2 + 1)])
def test_a_drawing_of_any_size_is_not_taken(index: str, size: int) -> None:
    with pytest.raises(InvalidImage, match="too large"):
        ImageEditor().accept_blobs(sent(1, index, size))


def test_a_sheet_of_noise_is_kept_and_both_together_are_not() -> None:
    editor, noise = ImageEditor(type="pil"), Image.effect_noise((640, 640), 90).convert("RGBA")
    for kind in ("background", "layer", "composite"):
        data = {"type": kind, "index": "0", "id": "1"}  # as it comes from a page
        files = [("file", png_bytes(noise, by_model=False))]
        editor.accept_blobs(SimpleNamespace(data=data, files=files))
    kept = editor.blob_storage["1"]
    assert kept.background and kept.layers and kept.composite is None
    found = editor.preprocess(EditorData(background=None, layers=[], composite=None, id="1"))
    assert found is not None and has_strokes(found) and not editor.blob_storage


def test_only_one_sheet_on_its_paper_is_opened(tmp_path: Path) -> None:
    """Gradio would open the paper, every layer, and a picture of all of them."""
    Image.new("RGBA", (128, 128)).save(tmp_path / "sheet.png")
    Image.new("L", (1300, 10)).save(tmp_path / "large.png")
    sheet, large = (FileData(path=str(tmp_path / f"{name}.png")) for name in ("sheet", "large"))
    editor = ImageEditor(type="pil")
    found = editor.preprocess(EditorData(background=sheet, layers=[sheet], composite=large))
    assert found is not None and found["composite"] is None and len(found["layers"]) == 1
    for background, layers in ((sheet, [sheet, sheet]), (large, []), (sheet, [large])):
        with pytest.raises(InvalidImage, match="draw on one sheet"):
            editor.preprocess(EditorData(background=background, layers=layers))
