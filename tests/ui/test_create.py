"""The form of Create: without a map it asks for a picture, with one for an image pair."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import gradio as gr
import pytest

from lumina.model.config import MODELS
from lumina.tasks.image_pair import ImagePair
from lumina.tasks.predict import Predict
from lumina.tasks.text_to_image import TextToImage
from lumina.ui.create import CreateForm, form_of, tab_of
from lumina.ui.forms import Form
from tests.ui.test_forms import DEFAULTS

OMNI = MODELS["omni"]


def built(model: str) -> Form:
    async def build() -> Form:
        with gr.Blocks(analytics_enabled=False):
            form = form_of(TextToImage, MODELS[model], DEFAULTS)
            form.place()
            form.place(advanced=True)
            form.listen()
        return form

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(build())).result()


@pytest.fixture(scope="module")
def form() -> CreateForm:
    made = built("omni")
    assert isinstance(made, CreateForm)
    return made


def said(form: Form, task: Any) -> list[Any]:
    return [update["value"] for update in form.show(task)]


@pytest.mark.parametrize(
    "task",
    [
        TextToImage(prompt="a cone", seed=3, width=1024, height=576, variations=2),
        ImagePair(prompt="a cone", seed=3, width=512, height=512, kind="canny"),
        ImagePair(prompt="a cone", seed=3, width=640, height=384, best_of=2),
    ],
)
def test_what_it_shows_it_reads_again(form: CreateForm, task: Any) -> None:
    assert form.takes(task)
    assert form.read(said(form, task)) == task.model_copy(update=DEFAULTS)


def test_a_map_brings_the_sizes_of_panels_and_takes_the_variations_away(form: CreateForm) -> None:
    size, variations = form._fitting("depth", "1024 × 576")
    assert size["choices"] == ["512 × 512", "640 × 384", "384 × 640"] and size["value"] == "640 × 384"
    assert variations["visible"] == "hidden"
    size, variations = form._fitting("none", "384 × 640")
    assert size["value"] == "576 × 1024" and variations["visible"] is True


def test_it_shows_nothing_else_and_a_model_without_pairs_has_the_plain_form(form: CreateForm) -> None:
    assert not form.takes(Predict(image={"image": "table.png"}))
    assert not isinstance(built("lumina-2b"), CreateForm)


def test_pairs_are_found_in_the_tab_of_create() -> None:
    assert [tab_of(task) for task in (ImagePair, TextToImage, Predict)] == [TextToImage, TextToImage, Predict]
