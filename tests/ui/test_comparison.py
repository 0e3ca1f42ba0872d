"""What a map is compared with: the exact map where the world is known, and the given picture always."""

import base64
import re
from dataclasses import replace
from typing import Any

import gradio as gr
import numpy as np
import pytest
from gradio.processing_utils import encode_pil_to_bytes
from PIL import Image

from lumina.errors import InputError
from lumina.images import is_marked, png_bytes, read_recipe
from lumina.model.config import MODELS
from lumina.runtime.fake import FakePipeline
from lumina.steps import finish
from lumina.tasks import TASKS
from lumina.tasks.base import Picture, read
from lumina.ui.comparison import (
    Comparison,
    RecentComparisons,
    compared,
    comparison_of,
    looked,
    segments,
    shown,
)
from lumina.ui.examples import examples_of
from lumina.ui.page_pictures import picture_fields, picture_of
from lumina.ui.picture_messages import sheet_of
from lumina.worlds.tabletop.examples import truth_of
from lumina.worlds.tabletop.map_metrics import map_errors
from lumina.worlds.tabletop.maps import PREDICTED
from tests.tasks.test_panels import ABLE, PHOTO

TABLETOP = MODELS["tabletop"]
EXAMPLES = {example.values["kind"]: example for example in examples_of(TASKS["predict"], MODELS["tabletop"])}
PERFECT = {"depth": "AbsRel 0.00", "normal": "mean angle 0.", "segmentation": " 1.000", "canny": "F1 1.000"}


def looked_at(name: str, values: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """What the page sends of a result drawn from these values, pictures in base64."""
    fields = picture_fields(TASKS[name])
    pictures = {field: picture_of(values[field], field) for field in fields}
    task = read(TASKS[name], {"seed": 3, **values, **pictures})
    picture: Picture = finish(task.run(FakePipeline(ABLE))).image[0]
    sheet = sheet_of(picture, "tabletop@fake", "run-0").data()
    return {**sheet, "given": {field: values[field] for field in fields}, **changes}


def example(kind: str, **changes: Any) -> Comparison:
    return comparison_of(looked_at("predict", dict(EXAMPLES[kind].values), **changes), TABLETOP)


def encoded(image: Image.Image) -> str:
    return base64.b64encode(png_bytes(image)).decode()


@pytest.mark.parametrize("kind", PREDICTED)
def test_an_examples_truth_is_its_rendering(kind: str) -> None:
    found = example(kind)
    truth, beside = truth_of(found.given), compared(found)
    assert truth is not None and beside is not None and (truth.picture == found.given).all()
    figure = next(iter(map_errors(kind, found.result, truth).values()))
    assert re.findall(r"\d+\.\d+", beside.figure)[0] in (f"{figure:.3f}", f"{figure:.1f}")


@pytest.mark.parametrize("kind", PREDICTED)
def test_the_exact_map_is_without_error_and_another_is_not(kind: str) -> None:
    found = example(kind)
    exact = compared(found).exact
    assert PERFECT[kind] in compared(replace(found, result=exact)).figure
    none, much = (compared(replace(found, result=drawn)).error.mean() for drawn in (exact, exact[::-1]))
    assert none < 0.02 < much


def test_another_kind_of_map_of_an_example_has_its_truth_too() -> None:
    values = {**EXAMPLES["depth"].values, "kind": "normal"}
    assert "mean angle" in compared(comparison_of(looked_at("predict", values), TABLETOP)).figure


def test_pictures_from_elsewhere_have_no_truth() -> None:
    found = comparison_of(looked_at("predict", {"image": encoded(PHOTO), "kind": "depth"}), TABLETOP)
    assert compared(found) is None and found.given is not None and found.given.shape == found.result.shape
    found = comparison_of(looked_at("predict", {**EXAMPLES["depth"].values, "kind": "hed"}), TABLETOP)
    assert compared(found) is None and found.given is not None


@pytest.mark.parametrize("given", [{}, {"image": encoded(PHOTO)}])
def test_without_its_own_picture_a_map_stands_alone(given: dict[str, str]) -> None:
    found = example("depth", given=given)
    assert found.given is None and compared(found) is None and found.result.shape == (128, 128, 3)


def test_objects_are_named_from_the_top_down_and_specks_are_none() -> None:
    found = example("segmentation")
    exact, instances = compared(found).exact, truth_of(found.given).instances
    dirty = exact.copy()
    dirty[0, :3] = exact[tuple(np.argwhere(instances > 0)[0])]
    for drawn in (exact, exact[:, ::-1], exact[::-1], dirty):
        masks = segments(replace(found, result=drawn))
        assert [name for _, name in masks] == ["object 1", "object 2"]
        rows = [np.nonzero(mask)[0].min() // 8 for mask, _ in masks]
        assert rows == sorted(rows)
    speck = np.zeros_like(exact)
    speck[5, 5:8] = exact[tuple(np.argwhere(instances > 0)[0])]
    assert segments(replace(found, result=speck)) == []


def test_control_is_compared_with_the_condition_that_it_followed() -> None:
    values = {"condition": encoded(PHOTO), "kind": "canny", "prompt": "a red cube", "extract": True}
    found = comparison_of(looked_at("control", values), TABLETOP)
    assert found.given is not None and set(np.unique(found.given)) <= {0, 255} and compared(found) is None
    _, _, html, slider, _ = shown(found, "grey")
    assert slider["visible"] and html == ""


@pytest.mark.parametrize(
    "payload",
    [None, {}, "text", {"png": 3},
     {"task": "text_to_image", "inputs": "{}", "model": "", "png": encoded(PHOTO)},
     {"task": "predict", "inputs": "[", "model": "", "png": encoded(PHOTO)},
     {"task": "predict", "inputs": "[]", "model": "", "png": encoded(PHOTO)},
     {"task": "predict", "inputs": "{}", "model": "", "png": "?"}],
)  # fmt: skip
def test_nonsense_from_the_page_is_nothing_to_compare(payload: Any) -> None:
    with pytest.raises(InputError):
        comparison_of(payload, TABLETOP)


@pytest.mark.parametrize("kind", PREDICTED)
def test_the_parts_that_suit_the_map_are_shown(kind: str) -> None:
    whole, scale, html, slider, objects = shown(example(kind), "viridis")
    assert whole["visible"] and slider["visible"]
    assert scale["visible"] == ("16-bit" in html) == (kind == "depth")
    assert objects["visible"] == (kind == "segmentation")
    assert html.count("<img") == 3 and "The exact map" in html


def test_the_result_that_is_shown_keeps_its_recipe_and_its_mark() -> None:
    _, _, figures, slider, _ = shown(example("depth"), "grey")
    copies = [
        encode_pil_to_bytes(Image.fromarray(each) if isinstance(each, np.ndarray) else each)
        for each in slider["value"]
    ]
    assert [is_marked(copy) for copy in copies] == [False, True]
    assert '"task": "predict"' in (read_recipe(copies[1]) or "")
    row = [base64.b64decode(each) for each in re.findall(r"base64,([^\"]+)\" alt", figures)]
    assert [is_marked(each) for each in row] == [True, False, False]  # the exact map is no model's


def test_pixels_that_are_looked_at_take_bounded_room() -> None:
    one = example("depth")
    size = one.result.nbytes + (one.given.nbytes if one.given is not None else 0)
    recent = RecentComparisons(most=2 * size)
    names = [recent.keep(one) for _ in range(40)]
    assert [recent.find(name) is one for name in names] == [False] * 38 + [True] * 2
    assert recent.find(None) is None
    assert RecentComparisons(most=1).find(names[0]) is None


def test_every_answer_says_what_it_is_to() -> None:
    asked = looked_at("predict", dict(EXAMPLES["depth"].values), ticket="7")
    for payload in (asked, {"ticket": "7"}):
        *_, answer = looked(TABLETOP, "grey", gr.EventData(None, payload))
        assert answer.props["answered"] == "7"


def test_colours_are_for_looking_only() -> None:
    found = example("depth")
    pairs = (shown(found, scale)[3]["value"] for scale in ("grey", "turbo"))
    grey, tinted = (np.asarray(right) for _, right in pairs)
    assert (grey == found.result).all() and (tinted != grey).any()
    files = [re.findall(r'download="depth[^>]*', shown(found, scale)[2]) for scale in ("grey", "turbo")]
    assert files[0] == files[1] != []
