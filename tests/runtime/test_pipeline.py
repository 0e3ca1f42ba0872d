"""The whole way from words to pixels, on a tiny model read from its files."""

import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from lumina.errors import CheckpointMismatch, InputError, InvalidSize, UnknownModel
from lumina.model.config import MODELS
from lumina.runtime.drawing import BACKGROUND, Drawing
from lumina.runtime.events import Begun, Finished
from lumina.runtime.pipeline import Pipeline
from lumina.runtime.preview import CONTEXT, MENDED, PreviewStrip
from lumina.runtime.request import DrawRequest
from lumina.settings import Settings
from lumina.steps import finish
from lumina.tasks.base import read
from lumina.tasks.text_to_image import TextToImage
from lumina.workflow.schema import recipe_of, task_of
from tests.runtime.asking import drawn, request, rows_of
from tests.tiny import write_tiny_model

SIZE = {"width": 96, "height": 64}


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(MODELS, "tabletop", write_tiny_model(tmp_path_factory.mktemp("model")))
        yield Pipeline.load(settings=Settings(dtype="float64"))


def ask(pipeline: Pipeline, seed: int = 5, **changes: Any) -> DrawRequest:
    return request(pipeline, **{**SIZE, "seed": seed, "guidance_scale": 3.0, **changes})


def draw(pipeline: Pipeline, seed: int = 5, **changes: Any) -> Drawing:
    return drawn(pipeline, ask(pipeline, seed, **changes))[0]


@contextmanager
def decoded(pipeline: Pipeline) -> Iterator[list[tuple[int, ...]]]:
    """Records the shapes of all codes that MoVQGAN decodes."""
    shapes: list[tuple[int, ...]] = []
    plain = pipeline._movqgan.decode
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            pipeline._movqgan, "decode", lambda codes: shapes.append(tuple(codes.shape)) or plain(codes)
        )
        yield shapes


def test_a_picture_has_the_size_and_the_codes_asked_for(pipeline: Pipeline) -> None:
    drawing = draw(pipeline)
    assert drawing.image.size == (96, 64) and drawing.image.mode == "RGB"
    assert drawing.codes.shape == drawing.nll.shape == (8, 12)
    assert drawing.is_complete and drawing.tokens == 96 == sum(drawing.accepted)
    assert (drawing.prefills, drawing.seed) == (1, 5) and drawing.forwards == len(drawing.accepted)
    assert len(np.unique(drawing.codes)) > 5


def test_the_window_and_pauses_change_nothing(pipeline: Pipeline) -> None:
    whole = draw(pipeline)
    for window in (1, 4, 64):
        other = draw(pipeline, window=window)
        assert other.digest == whole.digest
        assert other.image.tobytes() == whole.image.tobytes()
    assert draw(pipeline, seed=6).digest != whole.digest


def test_a_row_is_decoded_with_a_few_above_it_and_the_picture_once(pipeline: Pipeline) -> None:
    with decoded(pipeline) as shapes:
        rows = list(rows_of(pipeline, ask(pipeline, window=1)))
    assert [(row.done, row.total, row.row) for row in rows] == [(row + 1, 8, row) for row in range(8)]
    assert {row.codes.shape for row in rows} == {(1, 12)}
    expected, seen = [], 0
    for row in rows:
        if len(row.pixels):  # there are none where the next row came first, which then brings both
            new, seen = row.row + 1 - seen, row.row + 1
            expected.append((1, min(seen, CONTEXT + new), 12))
            assert row.pixels.shape == (8 * min(seen, MENDED + new), 96, 3)
    assert shapes == [*expected, (1, 8, 12)] and seen < 8  # the last row is seen in the picture itself


def test_a_strip_shows_what_waited_too() -> None:
    strip = PreviewStrip(lambda codes: codes[..., None].expand(-1, -1, 3).numpy(), None, 8, 2)
    codes = torch.arange(16).view(8, 2)
    assert (
        strip.take(codes[:1], is_shown=False).shape
        == strip.take(codes[1:2], is_shown=False).shape
        == (0, 2, 3)
    )
    assert (strip.take(codes[2:3])[..., 0] == codes[:3].numpy()).all()
    assert (strip.take(codes[3:4])[..., 0] == codes[4 - 1 - MENDED : 4].numpy()).all() and strip.rows == 4


def test_kept_rows_are_shown_before_the_first_new_one(pipeline: Pipeline) -> None:
    whole = draw(pipeline)
    begun = next(pipeline.draw([ask(pipeline, kept=whole.codes[:3])]))
    assert isinstance(begun, Begun) and (begun.kept == whole.codes[:3]).all()
    assert (begun.width, begun.height, begun.rows, begun.done, begun.total) == (96, 64, 8, 3, 8)
    assert (begun.pixels == pipeline._decode(torch.from_numpy(whole.codes[:3]))).all()


def test_without_previews_only_the_result_is_decoded(pipeline: Pipeline) -> None:
    parts = (pipeline.spec, pipeline.settings, pipeline._text, pipeline._engine, pipeline._movqgan)
    quiet = Pipeline(*parts, "x", previews=False)
    with decoded(quiet) as shapes:
        rows = list(rows_of(quiet, ask(quiet)))
    assert shapes == [(1, 8, 12)] and {len(row.pixels) for row in rows} == {0}


def test_requests_and_events_can_cross_a_border(pipeline: Pipeline) -> None:
    asked = pickle.loads(pickle.dumps((ask(pipeline, given=(PANEL,)), ask(pipeline, seed=6))))
    events = [pickle.loads(pickle.dumps(event)) for event in pipeline.draw(asked)]
    finished = [event.drawing.digest for event in events if isinstance(event, Finished)]
    assert finished == [draw(pipeline, given=(PANEL,)).digest, draw(pipeline, seed=6).digest]


@pytest.mark.parametrize("row", [1, 4, 7])
def test_continuing_equals_an_unbroken_run(pipeline: Pipeline, row: int) -> None:
    whole, stopped = draw(pipeline), draw(pipeline, stop_row=row)
    assert len(stopped.codes) == row and not stopped.is_complete
    rest = draw(pipeline, kept=stopped.codes)
    assert rest.digest == whole.digest and rest.image.tobytes() == whole.image.tobytes()
    assert rest.prefills == 1 and rest.tokens == (8 - row) * 12
    assert np.isnan(rest.nll[:row]).all()


def test_nothing_is_spent_on_a_finished_picture(pipeline: Pipeline) -> None:
    whole = draw(pipeline)
    again = draw(pipeline, kept=whole.codes)
    assert (again.digest, again.prefills, again.forwards) == (whole.digest, 0, 0)


def test_a_reroll_keeps_the_rows_above(pipeline: Pipeline) -> None:
    whole = draw(pipeline)
    other = draw(pipeline, rerolls=((4, 99),))
    assert (other.codes[:4] == whole.codes[:4]).all() and (other.codes[4:] != whole.codes[4:]).any()
    assert draw(pipeline, rerolls=((4, 99),), kept=whole.codes[:4]).digest == other.digest


PANEL = Image.linear_gradient("L").resize((96, 64)).convert("RGB")


def test_a_picture_is_drawn_below_the_given_one(pipeline: Pipeline) -> None:
    drawing = draw(pipeline, given=(PANEL,))
    assert drawing.image.size == (96, 64) and drawing.codes.shape == drawing.nll.shape == (8, 12)
    assert drawing.is_complete and drawing.tokens == 96 == sum(drawing.accepted)
    assert np.isfinite(drawing.nll).all()
    blank = draw(pipeline, given=(Image.new("RGB", (96, 64), "navy"),))
    assert len({drawing.digest, blank.digest, draw(pipeline).digest}) == 3


def test_rows_below_a_given_picture_count_from_its_edge(pipeline: Pipeline) -> None:
    whole = draw(pipeline, given=(PANEL,))
    rows = list(rows_of(pipeline, ask(pipeline, given=(PANEL,))))
    assert [(row.done, row.total, row.row) for row in rows] == [(row + 1, 8, row) for row in range(8)]
    stopped = draw(pipeline, given=(PANEL,), stop_row=3)
    assert (stopped.codes == whole.codes[:3]).all() and not stopped.is_complete
    rest = draw(pipeline, given=(PANEL,), kept=stopped.codes)
    assert rest.digest == whole.digest and rest.image.tobytes() == whole.image.tobytes()
    assert rest.tokens == 5 * 12 and np.isnan(rest.nll[:3]).all()
    other = draw(pipeline, given=(PANEL,), rerolls=((4, 99),))
    assert (other.codes[:4] == whole.codes[:4]).all() and (other.codes[4:] != whole.codes[4:]).any()
    assert (
        draw(pipeline, given=(PANEL,), rerolls=((0, 99),)).digest == draw(pipeline, 99, given=(PANEL,)).digest
    )


def test_the_window_changes_nothing_below_a_given_picture(pipeline: Pipeline) -> None:
    assert len({draw(pipeline, window=window, given=(PANEL,)).digest for window in (1, 5, 64)}) == 1


def test_guidance_keeps_the_given_picture(pipeline: Pipeline) -> None:
    """With guidance 0 the sentence does not count at all, but the given picture still does."""
    blind = {"guidance_scale": 0.0}
    below = {"given": (PANEL,), **blind}
    assert draw(pipeline, **below).digest == draw(pipeline, **below, instruction="a cube").digest
    assert draw(pipeline, **below).digest != draw(pipeline, **blind).digest
    other = Image.new("RGB", (96, 64), "navy")
    assert draw(pipeline, **below).digest != draw(pipeline, given=(other,), **blind).digest


@pytest.mark.parametrize(("together", "shapes"), [(True, [(1, 16, 12)]), (False, [(1, 8, 12)])])
def test_panels_are_decoded_together_or_one_by_one(
    pipeline: Pipeline, together: bool, shapes: list[tuple[int, ...]]
) -> None:
    spec = replace(pipeline.spec, panels_together=together)
    other = Pipeline(spec, pipeline.settings, pipeline._text, pipeline._engine, pipeline._movqgan, "x", False)
    with decoded(other) as seen:
        drawing = draw(other, given=(PANEL,))
    assert seen == shapes
    codes = torch.from_numpy(drawing.codes)
    if together:
        codes = torch.cat((pipeline._encode(PANEL, 96, 64).codes, codes))
    assert (np.asarray(drawing.image) == pipeline._decode(codes)[-64:]).all()


def test_a_pair_is_two_panels_drawn_as_one(pipeline: Pipeline) -> None:
    pair = draw(pipeline, panels=2)
    assert pair.image.size == (96, 128) and pair.codes.shape == (16, 12)
    upper = pipeline._decode(torch.from_numpy(pair.codes[:8]))
    assert (np.asarray(pair.image)[:64] == upper).all()
    part = draw(pipeline, panels=2, stop_row=11)
    assert (np.asarray(part.image)[:64] == upper).all() and part.image.getpixel((0, 88)) == BACKGROUND


@pytest.mark.parametrize("size", [(64, 32), (96, 32), (96, 128)])
def test_a_picture_of_another_size_is_refused(pipeline: Pipeline, size: tuple[int, int]) -> None:
    with pytest.raises(InvalidSize, match="does not fit above 96x64"):
        draw(pipeline, given=(Image.new("RGB", size),))


@pytest.mark.parametrize("size", [(0, 128), (128, 100_000), (130, 128), (256, 256), (256, 32)])
def test_sizes_are_refused_before_the_first_step(pipeline: Pipeline, size: tuple[int, int]) -> None:
    with pytest.raises(InvalidSize, match="Tabletop cannot draw"):
        pipeline.draw([request(pipeline, width=size[0], height=size[1])])


def test_closing_leaves_the_pipeline_usable(pipeline: Pipeline) -> None:
    steps = pipeline.draw([ask(pipeline)])
    next(steps)
    steps.close()
    with pytest.raises(StopIteration):
        next(steps)
    assert draw(pipeline).is_complete


def test_the_names_of_special_tokens_are_drawn_as_text(pipeline: Pipeline) -> None:
    special = {pipeline._text._names[name] for name in pipeline._text._names if len(name) > 1}
    ids = pipeline._text.encode("<racm3:break><|im_end|><MOVQGAN00003><reserved08799>")
    assert not special & set(ids[1:-1])
    assert draw(pipeline, instruction="<racm3:break>").digest != draw(pipeline, instruction="").digest


def test_a_recipe_draws_the_same_codes(pipeline: Pipeline) -> None:
    task = read(TextToImage, {"prompt": "a cone", "width": 64, "height": 64, "rerolls": [[3, 8]]})
    picture = finish(task.run(pipeline)).image[0]
    again = task_of(recipe_of(picture.task, pipeline.model, picture.drawing.digest))
    assert finish(again.run(pipeline)).image[0].drawing.digest == picture.drawing.digest


def test_models_are_found_by_name_and_revision(pipeline: Pipeline) -> None:
    name, _, revision = pipeline.model.partition("@")
    assert name == "tabletop" and len(revision) == 8
    assert Pipeline.load(pipeline.model).model == pipeline.model
    with pytest.raises(UnknownModel, match=f"but {pipeline.model} is installed"):
        Pipeline.load("tabletop@00000000")
    with pytest.raises(UnknownModel, match="choose one of: tabletop"):
        Pipeline.load("../tabletop")


def test_a_missing_model_and_a_missing_device_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, pipeline: Pipeline
) -> None:
    with pytest.raises(InputError, match="LUMINA_DEVICE"):
        Pipeline.load(settings=Settings(device="abacus"))
    spec = type(pipeline.spec)(**{**vars(pipeline.spec), "source": str(tmp_path / "gone")})
    monkeypatch.setitem(MODELS, "tabletop", spec)
    with pytest.raises(CheckpointMismatch, match="is missing"):
        Pipeline.load()
