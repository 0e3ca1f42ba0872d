"""The tasks that are given a picture, or draw two: what they ask for, and all of them from end to end."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from lumina.errors import InputError
from lumina.images import cover
from lumina.model.config import MODELS, ModelSpec, spec_of
from lumina.runtime.fake import FakePipeline
from lumina.runtime.painter import Painter
from lumina.runtime.pipeline import Pipeline
from lumina.runtime.request import DrawRequest
from lumina.settings import Settings
from lumina.steps import finish
from lumina.tasks import DRAWN, TASKS, instructions
from lumina.tasks.base import DrawingTask, Picture, read
from lumina.tasks.conditions import condition_of
from lumina.tasks.image_input import ImageInput
from lumina.tasks.panels import CUT, UNCHANGED, nearest
from tests.runtime.asking import going_on
from tests.tiny import write_tiny_model

NAMES = [task.name for task in DRAWN]
ABLE: ModelSpec = replace(spec_of("tabletop"), tasks=tuple(NAMES), panel_sizes=())
PHOTO = Image.linear_gradient("L").resize((300, 200)).convert("RGB")
INPUTS: dict[str, dict[str, Any]] = {
    "text_to_image": {"prompt": "a red cube"},
    "image_pair": {"prompt": "a red cube", "kind": "normal"},
    "edit": {"image": PHOTO, "instruction": "make the cube blue"},
    "subject": {"image": PHOTO, "subject": "a dotted cone", "prompt": "the cone at night"},
    "control": {"condition": PHOTO, "kind": "canny", "prompt": "a red cube"},
    "predict": {"image": PHOTO, "kind": "segmentation"},
}
GIVEN = sorted(INPUTS.keys() - {"text_to_image", "image_pair"})


@pytest.fixture(scope="module")
def fake() -> FakePipeline:
    return FakePipeline(ABLE)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    with pytest.MonkeyPatch.context() as patch:
        spec = write_tiny_model(tmp_path_factory.mktemp("model"))
        patch.setitem(MODELS, "tabletop", replace(spec, tasks=tuple(NAMES)))
        yield Pipeline.load(settings=Settings(dtype="float64"))


def ask(name: str, **changes: Any) -> DrawingTask:
    task = read(TASKS[name], {**INPUTS[name], "seed": 3, **changes})
    assert isinstance(task, DrawingTask)
    return task


def asked(name: str, painter: Painter, **changes: Any) -> DrawRequest:
    return ask(name, **changes).resolved(painter).request(painter)


def first(task: DrawingTask, painter: Painter, **kept: Any) -> Picture:
    picture: Picture = finish(task.run(painter, **kept)).image[0]
    return picture


def test_every_task_is_tried_here() -> None:
    assert set(INPUTS) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_model_may_have_options_of_its_own_for_a_task(name: str) -> None:
    painter = FakePipeline(replace(ABLE, temperature=0.9, of_task={"predict": {"temperature": 0.2}}))
    assert ask(name).resolved(painter).temperature == (0.2 if name == "predict" else 0.9)
    assert ask(name, temperature=0.7).resolved(painter).temperature == 0.7


@pytest.mark.parametrize("name", NAMES)
def test_every_task_draws_with_random_weights(tiny: Pipeline, name: str) -> None:
    size = {"width": 64, "height": 64}
    task = ask(name, **size)
    picture = first(task, tiny)
    assert picture.image.size == (64, 64) and picture.drawing.is_complete
    assert first(picture.task, tiny).drawing.digest == picture.drawing.digest
    assert first(ask(name, **size, seed=4), tiny).drawing.digest != picture.drawing.digest
    best = first(ask(name, **size, best_of=2), tiny)
    assert best.task.seed in (3, 4) and len(best.candidates) == 2
    assert picture.drawing.digest in {one.drawing.digest for one in best.candidates}


@pytest.mark.parametrize("name", NAMES)
def test_every_task_stops_continues_and_rerolls(fake: FakePipeline, name: str) -> None:
    whole, stopped = first(ask(name), fake), first(ask(name, stop_row=5), fake)
    assert stopped.task.stop_row == 5 and len(stopped.drawing.codes) == 5
    (rest,) = going_on(ask(name), fake, stopped.drawing.codes)
    assert rest.drawing.digest == whole.drawing.digest and rest.task == whole.task
    other = first(ask(name, rerolls=[[7, 99]]), fake)
    assert (other.drawing.codes[:7] == whole.drawing.codes[:7]).all()
    assert (other.drawing.codes[7:] != whole.drawing.codes[7:]).any()


def test_each_task_says_its_own_sentence(fake: FakePipeline) -> None:
    size = (160, 2 * 96)  # the shape nearest to the photograph, two panels high
    assert [asked(name, fake).instruction for name in INPUTS] == [
        instructions.text_to_image("a red cube", 128, 128),
        instructions.image_pair("normal", "a red cube", 128, 256),
        instructions.edit("make the cube blue", *size),
        instructions.subject("a dotted cone", "the cone at night", *size),
        instructions.control("canny", "a red cube", *size),
        instructions.predict("segmentation", *size),
    ]
    assert asked("subject", fake, wording="paper").instruction == instructions.subject(
        "a dotted cone", "the cone at night", *size, "paper"
    )


@pytest.mark.parametrize("name", GIVEN)
def test_the_given_picture_is_cut_to_the_size_of_the_result(fake: FakePipeline, name: str) -> None:
    found = asked(name, fake)
    assert found.given[0].size == (found.width, found.height) == (160, 96)
    assert found.given[0].tobytes() == cover(PHOTO, 160, 96).tobytes()
    again = asked(name, fake, width=96, height=160)
    assert again.given[0].size == (again.width, again.height) == (96, 160)


def test_the_size_is_the_panel_size_of_the_nearest_shape() -> None:
    sizes = ((512, 512), (640, 384), (384, 640))
    assert [nearest(sizes, aspect) for aspect in (1.0, 1.2, 3.0, 0.7, 0.1)] == [
        (512, 512), (512, 512), (640, 384), (384, 640), (384, 640)
    ]  # fmt: skip
    omni = FakePipeline(replace(ABLE, sizes=((768, 768),), default_size=(768, 768), panel_sizes=sizes))
    assert ask("predict").resolved(omni).request(omni).width == 640
    pair = ask("image_pair").resolved(omni).request(omni)
    assert (pair.width, pair.height, pair.panels) == (512, 512, 2)
    assert ask("text_to_image").resolved(omni).request(omni).width == 768


def test_a_pair_is_a_picture_and_its_map(fake: FakePipeline) -> None:
    output = finish(ask("image_pair").run(fake))
    (picture,), (below,) = output.image, output.map
    whole = np.asarray(picture.drawing.image)
    assert whole.shape == (256, 128, 3) and picture.drawing is below.drawing
    assert (np.asarray(picture.image) == whole[:128]).all() and (np.asarray(below.image) == whole[128:]).all()


def test_another_turn_of_editing_is_given_the_last_result(fake: FakePipeline) -> None:
    picture = first(ask("edit"), fake)
    again = first(ask("edit", image=picture), fake)
    assert again.task.image == ImageInput.of(picture.image)  # type: ignore[attr-defined]
    assert again.image.size == picture.image.size
    assert len({picture.drawing.digest, again.drawing.digest}) == 2


def test_kinds_that_the_model_does_not_know_are_refused(fake: FakePipeline) -> None:
    for name in ("image_pair", "control", "predict"):
        with pytest.raises(InputError, match='Tabletop does not know the kind "openpose"; it knows: depth, '):
            finish(ask(name, kind="openpose").run(fake))


def test_tasks_that_the_model_cannot_do_are_refused() -> None:
    for name in GIVEN:
        only = FakePipeline(replace(ABLE, tasks=("text_to_image",)))
        with pytest.raises(InputError, match=f"Tabletop cannot do {name}; it can do: text_to_image."):
            finish(ask(name).run(only))


def test_a_picture_that_is_only_named_must_be_brought(fake: FakePipeline) -> None:
    with pytest.raises(InputError, match="is not here; give the file itself"):
        finish(ask("edit", image={"image": "photo.png"}).run(fake))


@pytest.mark.parametrize("name", sorted(INPUTS))
def test_the_best_of_several_has_its_own_seed_and_the_others_beside_it(fake: FakePipeline, name: str) -> None:
    best = first(ask(name, best_of=4), fake)
    assert [one.score for one in best.candidates] == sorted((o.score for o in best.candidates), reverse=True)  # type: ignore[type-var]
    assert {one.task.seed for one in best.candidates} == {3, 4, 5, 6}
    assert best.task == best.candidates[0].task and best.task.best_of == 1
    assert first(best.task, fake).drawing.digest == best.drawing.digest


def test_progress_of_several_shows_them_all(fake: FakePipeline) -> None:
    steps = list(ask("edit", best_of=3).run(fake))
    assert {step.index for step in steps} == {0, 1, 2}
    assert [step.done for step in steps] == sorted(step.done for step in steps)
    assert steps[-1].done == steps[-1].total


def test_variations_of_the_best_do_not_share_candidates(fake: FakePipeline) -> None:
    output = finish(ask("text_to_image", best_of=2, variations=2).run(fake))
    seeds = [{one.task.seed for one in picture.candidates} for picture in output.image]
    assert seeds == [{3, 4}, {5, 6}]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"best_of": 0}, "best_of: must be at least 1"),
        ({"best_of": 17}, "best_of: must be at most 16"),
        ({"scorer": "taste"}, "scorer: must be 'auto', 'likelihood', 'judge' or 'verifiers'"),
        ({"kind": "xray"}, "kind: must be 'depth', 'canny'"),
        ({"image": "photo.png"}, "image: must be a picture"),
        ({"image": None}, "image: must be a picture"),
        (
            {"image": {"image": "../photo.png"}},
            "image: is a path, and only names are looked up; put the file",
        ),
        ({"image": Image.new("RGB", (1, 1))}, "image: this picture has 1x1 pixels"),
        ({"width": 100}, "width: must be a multiple of 32"),
    ],
)
def test_wrong_values_are_one_sentence(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        ask("predict", **changes)
    assert str(caught.value).endswith(".") and "\n" not in str(caught.value)


def test_a_map_can_be_made_from_the_photograph(fake: FakePipeline) -> None:
    plain, made = (asked("control", fake, extract=extract).given[0] for extract in (False, True))
    assert made.tobytes() == condition_of(plain, "canny").tobytes() and made.tobytes() != plain.tobytes()
    with pytest.raises(InputError, match="A depth map is not made from a photograph here"):
        finish(ask("control", kind="depth", extract=True).run(fake))


def test_a_photograph_that_is_taken_for_a_map_is_remarked_on() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (128, 128, 3), dtype=np.uint8)
    photo, spec = Image.fromarray(noise), MODELS["tabletop"]
    said = {
        extract: ask("control", condition=photo, extract=extract).remark(photo, spec)
        for extract in (True, False)
    }
    assert "looks like a photograph" in said[False] and "set extract" in said[False] and said[True] == ""
    grey = ask("control", condition=photo.convert("L").convert("RGB"))
    assert grey.remark(photo, spec) == ""


def test_an_edit_that_changes_nothing_says_so() -> None:
    task = ask("edit", image=PHOTO.resize((128, 128)))
    given = task.panel(128, 128)  # type: ignore[attr-defined]
    noise = np.random.default_rng(0).integers(-4, 5, (128, 128, 3))
    encoded = Image.fromarray((np.asarray(given, np.int64) + noise).clip(0, 255).astype(np.uint8))
    spec = MODELS["tabletop"]
    assert task.remark(given, spec) == task.remark(encoded, spec) == UNCHANGED
    changed = given.copy()
    changed.paste("red", (56, 56, 72, 72))
    assert task.remark(changed, spec) == ""
    control = ask("control", condition=PHOTO.resize((128, 128)))
    assert control.remark(control.panel(128, 128), spec) == ""  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("size", "drawn", "ends"),
    [
        ((160, 96), (128, 128), "left and right"),
        ((96, 160), (128, 128), "upper and lower"),
        ((300, 298), (128, 128), ""),
        ((320, 192), (160, 96), ""),
    ],
)
def test_what_is_cut_off_is_remarked_on(size: tuple[int, int], drawn: tuple[int, int], ends: str) -> None:
    spec = replace(MODELS["tabletop"], panel_sizes=())
    task = ask("predict", image=PHOTO.resize(size))
    remark = task.remark(Image.new("RGB", drawn), spec)
    assert remark == (CUT.format(width=drawn[0], height=drawn[1], ends=ends) if ends else "")


@pytest.mark.parametrize(
    ("name", "size", "known"),
    [
        ("text_to_image", (160, 96), ""),
        ("text_to_image", (96, 96), "128x128 or 160x96 or 96x160"),
        ("image_pair", (160, 96), "128x128"),
        ("image_pair", (128, 128), ""),
        ("edit", (160, 96), "128x128"),
        ("control", (96, 160), "128x128"),
        ("predict", (160, 96), "128x128"),
    ],
)
def test_a_size_that_was_never_learned_is_remarked_on(name: str, size: tuple[int, int], known: str) -> None:
    given = {"condition" if name == "control" else "image": PHOTO.resize(size)} if name in GIVEN else {}
    remark = ask(name, **given).remark(Image.new("RGB", size, "red"), MODELS["tabletop"])
    said = f"Tabletop never learned to draw {size[0]}x{size[1]} pixels in this task, and may spoil them; use "
    assert remark == (f"{said}{known}." if known else "")
    published = ask(name, **given).remark(Image.new("RGB", size, "red"), MODELS["omni"])
    assert published == ""


def test_an_edit_that_changes_nothing_names_the_words_that_are_not_known() -> None:
    task = ask("edit", image=PHOTO.resize((128, 128)), instruction="Make the ground green.")
    remark = task.remark(task.panel(128, 128), MODELS["tabletop"])  # type: ignore[attr-defined]
    assert remark == ('The edit changed nothing: Tabletop does not know "ground green"; say it otherwise.')
