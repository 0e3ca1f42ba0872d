"""What is looked at before it is seen: when that is on, what is refused, and that the others come."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lumina.errors import InputError, ModelError
from lumina.model.config import spec_of
from lumina.runtime import content_check
from lumina.runtime.content_check import COLUMNS, GIVEN, ContentCheck, coarse, decide, open_nsfw, prepared
from lumina.runtime.events import DrawEvent, Finished, RowDrawn
from lumina.runtime.fake import FakePipeline
from lumina.server.workshop import Workshop
from lumina.settings import Settings
from lumina.steps import Progress, finish
from lumina.tasks.edit import Edit
from lumina.tasks.image_input import ImageInput
from lumina.tasks.text_to_image import TextToImage
from lumina.ui.drawing_stream import DrawingStream

OWN, PUBLISHED = spec_of("tabletop"), spec_of("lumina-mgpt-2.0")
THREE = TextToImage(prompt="a red cube", seed=3, variations=3)


def workshop_that_refuses(image: Image.Image) -> Workshop:
    """One whose classifier knows a single picture."""
    made = Workshop(FakePipeline, ContentCheck(lambda each: float(each.tobytes() == image.tobytes())))
    made.open()
    assert made.wait(10)
    return made


def second() -> Image.Image:
    return finish(TextToImage(prompt="a red cube", seed=4).run(FakePipeline())).image[0].image


def test_what_is_refused_is_kept_from_sight_and_the_others_come() -> None:
    workshop = workshop_that_refuses(second())
    steps = list(DrawingStream(workshop).new(THREE))
    assert sum(step.finished is not None for step in steps) == 2
    view = steps[-1].view or {}
    assert view["state"] == "failed" and str(view["message"]).startswith("1 picture is kept from sight by")
    assert [bool(sheet["png"]) for sheet in view["sheets"]] == [True, False, True]
    assert 'lumina_refusals_total{reason="content"} 1\n' in workshop.counts.text({})
    with pytest.raises(ModelError, match=r"^This picture is kept from sight"):
        finish(TextToImage(prompt="a red cube", seed=4).run(workshop))


def test_rows_are_shown_coarsely_until_their_picture_is_looked_at() -> None:
    events = list[DrawEvent | Progress]()
    with pytest.raises(ModelError):
        events.extend(THREE.run(workshop_that_refuses(second())))
    for event in events:
        if isinstance(event, RowDrawn):
            assert len(np.unique(event.pixels.reshape(-1, 3), axis=0)) <= COLUMNS
    plain = [event for event in THREE.run(FakePipeline()) if isinstance(event, Finished)]
    found = [event.drawing.digest for event in events if isinstance(event, Finished)]
    assert found == [plain[0].drawing.digest, plain[2].drawing.digest]  # no code is another


def test_a_picture_that_is_given_is_looked_at_first() -> None:
    given = Image.new("RGB", (128, 128), "red")
    task = Edit(image=ImageInput.of(given), instruction="make it blue", seed=1)
    with pytest.raises(InputError, match=GIVEN):
        next(task.run(workshop_that_refuses(given)))
    assert finish(task.run(workshop_that_refuses(second()))).image


def test_columns_are_the_means() -> None:
    pixels = np.arange(4 * 20 * 3, dtype=np.uint8).reshape(4, 20, 3)
    veiled = coarse(pixels)
    assert veiled.shape == pixels.shape and (veiled == veiled[0]).all()
    assert np.array_equal(veiled[0, 0], pixels[:, :2].reshape(-1, 3).mean(axis=0).round())
    assert coarse(pixels[:0]).shape == (0, 20, 3)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine on which the extra is installed."""
    (tmp_path / "nsfw.onnx").write_bytes(b"no network at all")
    monkeypatch.setattr(content_check, "find_spec", lambda name: name)
    monkeypatch.setattr(content_check, "installed_file", lambda: tmp_path / "nsfw.onnx")
    return tmp_path / "nsfw.onnx"


def test_it_is_on_where_a_published_model_is_served_publicly(file: Path) -> None:
    assert decide(Settings(), PUBLISHED, True).file == file
    assert decide(Settings(), PUBLISHED, False).why == "off: the page is not public"
    assert "its own small world" in decide(Settings(), OWN, True).why
    assert decide(Settings(content="on"), OWN, False).is_on
    assert not decide(Settings(content="off"), PUBLISHED, True).is_on
    assert decide(Settings(content_model=file), PUBLISHED, True).is_on
    with pytest.raises(InputError, match="its ONNX file is not there"):
        decide(Settings(content_model=file / "x"), PUBLISHED, True)


def test_without_the_extra_it_is_off_unless_it_is_demanded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content_check, "find_spec", lambda name: None)
    found = decide(Settings(), PUBLISHED, True)
    assert not found.is_on and "requirements-safety.txt" in found.why and found.load() is None
    with pytest.raises(InputError, match="onnxruntime is not installed"):
        decide(replace(Settings(), content="on"), OWN, False)


def test_pictures_are_prepared_as_the_network_knows_them() -> None:
    given = prepared(Image.new("RGB", (300, 200), (255, 0, 0)))
    assert given.shape == (224, 224, 3) and given.dtype == np.float32
    assert abs(given[0, 0] - [0 - 104, 0 - 117, 255 - 123]).max() < 3


def test_the_classifier_itself_where_it_is_installed(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    broken = tmp_path / "x.onnx"
    broken.write_bytes(b"no network at all")
    with pytest.raises(InputError, match=r"x\.onnx is no ONNX file"):
        open_nsfw(broken)
    if (whole := content_check.installed_file()) is not None:
        photo = Image.open(Path(__file__).parents[2] / "assets/pictures/tabletop.png").convert("RGB")
        assert open_nsfw(whole)(photo) < 0.2
